// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/seccomp.h"

#include "base/text.h"
#include "os/fd.h"
#include "os/os_error.h"
#include "plan/call_filter.h"
#include "plan/call_groups.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <dlfcn.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace amphid {

namespace {

// seccomp_init(3) and so on, as libseccomp 2.5 has them.

struct Comparison {
    unsigned argument;
    int operation;
    std::uint64_t first;
    std::uint64_t second;
};
constexpr int comparison_of[] = {1, 2, 6, 7}; // in the order of ArgumentTest::Compare
constexpr std::uint32_t act_kill_process = 0x80000000U;
constexpr std::uint32_t act_errno = 0x00050000U;
constexpr std::uint32_t act_allow = 0x7fff0000U;
constexpr int action_of_other_architectures = 2;
constexpr int unknown_call = -1;

/// In the order of Architecture.
constexpr std::uint32_t tokens[] = {
    AUDIT_ARCH_I386,
    AUDIT_ARCH_X86_64,
    EM_X86_64 | __AUDIT_ARCH_LE, // x32
    AUDIT_ARCH_ARM,
    AUDIT_ARCH_AARCH64,
    AUDIT_ARCH_MIPS,
    AUDIT_ARCH_MIPS64,
    AUDIT_ARCH_MIPS64N32,
    AUDIT_ARCH_MIPSEL,
    AUDIT_ARCH_MIPSEL64,
    AUDIT_ARCH_MIPSEL64N32,
    AUDIT_ARCH_PARISC,
    AUDIT_ARCH_PARISC64,
    AUDIT_ARCH_PPC,
    AUDIT_ARCH_PPC64,
    AUDIT_ARCH_PPC64LE,
    AUDIT_ARCH_RISCV64,
    AUDIT_ARCH_S390,
    AUDIT_ARCH_S390X,
    258 | __AUDIT_ARCH_64BIT | __AUDIT_ARCH_LE, // LoongArch, which older headers lack
};
static_assert(std::size(tokens) == enum_names(Architecture{}).size());

std::uint32_t token_of(Architecture architecture) {
    return tokens[static_cast<std::size_t>(architecture)];
}

std::uint32_t act_of(int action) {
    return action == allow_call     ? act_allow
           : action == kill_process ? act_kill_process
                                    : act_errno | static_cast<std::uint32_t>(action);
}

constexpr std::string_view library = "libseccomp.so.2";

/// The library, for as long as this process lives.
class Library {
public:
    Library() : handle_(::dlopen(library.data(), RTLD_NOW | RTLD_LOCAL)) {
        if (handle_ == nullptr) {
            throw OsError("cannot load", library, last_error(), ENOENT);
        }
        find("seccomp_init", init);
        find("seccomp_release", release);
        find("seccomp_arch_add", add_architecture);
        find("seccomp_arch_remove", remove_architecture);
        find("seccomp_attr_set", set_attribute);
        find("seccomp_syscall_resolve_name", number_of);
        find("seccomp_rule_add_exact_array", add_rule);
        find("seccomp_export_bpf", write_program);
    }

    void* (*init)(std::uint32_t) = nullptr;
    void (*release)(void*) = nullptr;
    int (*add_architecture)(void*, std::uint32_t) = nullptr;
    int (*remove_architecture)(void*, std::uint32_t) = nullptr;
    int (*set_attribute)(void*, int, std::uint32_t) = nullptr;
    int (*number_of)(const char*) = nullptr;
    int (*add_rule)(void*, std::uint32_t, int, unsigned, const Comparison*) = nullptr;
    int (*write_program)(const void*, int) = nullptr;

private:
    static std::string last_error() {
        const char* const text = ::dlerror();
        return text == nullptr ? "unknown error" : text;
    }

    template <class Function>
    void find(const char* name, Function& out) {
        out = reinterpret_cast<Function>(::dlsym(handle_, name));
        if (out == nullptr) {
            throw OsError("cannot use", library, last_error(), ENOSYS);
        }
    }

    void* handle_;
};

void check(int result, std::string_view what) {
    if (result < 0) {
        throw OsError("cannot compile", what, -result);
    }
}

class Compiler {
public:
    Compiler(const Library& library, const CallFilter& filter)
        : library_(library), filter_(filter), context_(library.init(act_of(filter.otherwise))) {
        if (context_ == nullptr) {
            throw OsError("cannot compile", "a filter", EINVAL);
        }
    }
    Compiler(const Compiler&) = delete;
    Compiler& operator=(const Compiler&) = delete;
    ~Compiler() { library_.release(context_); }

    /// Writes it to the end of the file.
    void compile(int file) {
        set_architectures();
        check(
            library_.set_attribute(context_, action_of_other_architectures, act_of(filter_.others)),
            "a filter");
        for (const CallRule& rule : filter_.rules) {
            add(rule);
        }
        check(library_.write_program(context_, file), "a filter");
    }

private:
    /// A new filter is for the native architecture.
    void set_architectures() {
        constexpr std::uint32_t native = 0;
        bool has_native = false;
        for (const Architecture architecture : filter_.architectures) {
            const int result = library_.add_architecture(context_, token_of(architecture));
            has_native = has_native || result == -EEXIST;
            check(result == -EEXIST ? 0 : result, name_of(architecture));
        }
        if (!has_native) {
            check(library_.remove_architecture(context_, native), "a filter");
        }
    }

    void add(const CallRule& rule) {
        std::array<Comparison, 2> tests{};
        for (std::size_t i = 0; i < rule.tests.size(); ++i) {
            const ArgumentTest& test = rule.tests[i];
            const bool masked = test.compare == ArgumentTest::Compare::masked;
            tests.at(i) = {test.index, comparison_of[static_cast<std::size_t>(test.compare)],
                           masked ? test.mask : test.value, masked ? test.value : 0};
        }
        const std::uint32_t act = act_of(rule.action);
        const int known = library_.number_of(rule.call.c_str());
        const int number =
            known == unknown_call ? number_of_newer_call(rule.call).value_or(known) : known;
        if (number == unknown_call || act == act_of(filter_.otherwise)) {
            return; // libseccomp refuses rules that say what happens anyway
        }
        const int result = library_.add_rule(
            context_, act, number, static_cast<unsigned>(rule.tests.size()), tests.data());
        // Not on this architecture; or it has the number alone, for the native one.
        const bool is_missing = result == -EDOM || known == unknown_call;
        check(is_missing || result == -EEXIST ? 0 : result, rule.call);
    }

    const Library& library_;
    const CallFilter& filter_;
    void* context_;
};

std::string all_of(int file) {
    const off_t size = ::lseek(file, 0, SEEK_END);
    std::string out(static_cast<std::size_t>(std::max<off_t>(size, 0)), '\0');
    return ::pread(file, out.data(), out.size(), 0) == size ? out : std::string();
}

Fd new_file() {
    return Fd(checked(::memfd_create("filters", MFD_CLOEXEC), "cannot create", "a memory file"));
}

// What the other process leaves: a word that says how it went, then for each program its length and
// itself; or after a failure its text.

std::string as_bytes(std::uint64_t word) {
    return {reinterpret_cast<const char*>(&word), sizeof word};
}

std::string compiled(const SandboxSettings& settings) {
    const auto here = static_cast<unsigned long>(::personality(0xffffffff));
    const Library library;
    std::string out = as_bytes(0);
    for (const CallFilter& filter : filters_of(settings, local_architectures(), here)) {
        const Fd file = new_file();
        Compiler(library, filter).compile(file.get());
        const std::string program = all_of(file.get());
        out += as_bytes(program.size() / sizeof(sock_filter)) + program;
    }
    return out;
}

[[noreturn]] void compile_here(const SandboxSettings& settings, int file) {
    std::string out;
    try {
        out = compiled(settings);
    } catch (const OsError& error) {
        out = as_bytes(static_cast<std::uint64_t>(error.error())) + error.what();
    } catch (const std::exception&) {
        out = as_bytes(ENOMEM);
    }
    ::_exit(::write(file, out.data(), out.size()) == static_cast<ssize_t>(out.size()) ? 0 : 1);
}

std::vector<FilterProgram> read_programs(std::string_view bytes) {
    std::vector<FilterProgram> out;
    const auto take = [&bytes](void* to, std::size_t size) {
        bytes.copy(static_cast<char*>(to), size);
        bytes.remove_prefix(std::min(size, bytes.size()));
    };
    while (bytes.size() >= sizeof(std::uint64_t)) {
        std::uint64_t length = 0;
        take(&length, sizeof length);
        FilterProgram program(std::min<std::uint64_t>(length, bytes.size() / sizeof(sock_filter)));
        take(program.data(), program.size() * sizeof(sock_filter));
        out.push_back(std::move(program));
    }
    return out;
}

static_assert(sizeof(sock_filter) == sizeof(FilterProgram::value_type));

} // namespace

std::vector<FilterProgram> compile_filters(const SandboxSettings& settings) {
    const std::string keys = keys_with_filter(settings);
    if (keys.empty()) {
        return {};
    }
    std::uint32_t action = act_kill_process;
    if (::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) < 0) {
        throw OsError("cannot apply", keys,
                      concat("SECCOMP: ", std::strerror(errno),
                             " (the kernel has no seccomp, or a sandbox denies it)"),
                      errno);
    }
    const Fd file = new_file();
    const pid_t pid = checked(::fork(), "cannot fork", "to compile filters");
    if (pid == 0) {
        compile_here(settings, file.get());
    }
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    const std::string result = all_of(file.get());
    std::uint64_t error = EIO;
    if (result.size() >= sizeof error) {
        result.copy(reinterpret_cast<char*>(&error), sizeof error);
    }
    if (error != 0) {
        const std::string why = result.size() > sizeof error ? result.substr(sizeof error)
                                                             : "libseccomp did not return";
        throw OsError("cannot apply", keys, concat("SECCOMP: ", why), static_cast<int>(error));
    }
    return read_programs(std::string_view(result).substr(sizeof error));
}

int apply_filter(const FilterProgram& program) noexcept {
    sock_fprog code{};
    code.len = static_cast<unsigned short>(program.size());
    code.filter =
        reinterpret_cast<sock_filter*>(const_cast<FilterProgram::value_type*>(program.data()));
    return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &code) < 0 ? errno : 0;
}

} // namespace amphid
