// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/systemd.h"

#include "base/text.h"
#include "os/read_host.h"
#include "plan/own_unit.h"

#include <cstdint>
#include <cstdlib>
#include <dlfcn.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-login.h>

namespace amphid {

namespace {

constexpr char library[] = "libsystemd.so.0";

/// The ELF note by which packaging tools see a library that is opened at run time
/// (systemd's ELF_DLOPEN_METADATA).
constexpr char metadata[] = R"([{"feature":"systemd",)"
                            R"("description":"readiness and status for the service manager",)"
                            R"("priority":"recommended","soname":["libsystemd.so.0"]}])";

struct DlopenNote {
    std::uint32_t name_size = 4;
    std::uint32_t description_size = sizeof metadata;
    std::uint32_t type = 0x407c0c0a;
    char name[4] = {'F', 'D', 'O', '\0'};
    char description[(sizeof metadata + 3) / 4 * 4] = {};

    constexpr DlopenNote() {
        for (std::size_t i = 0; i < sizeof metadata; ++i) {
            description[i] = metadata[i];
        }
    }
};

[[gnu::section(".note.dlopen"), gnu::used]] alignas(4) constexpr DlopenNote note;

} // namespace

struct Systemd::Functions {
    void* handle = nullptr;
    decltype(&::sd_pid_notify_with_fds) notify_with_fds = nullptr;
    decltype(&::sd_pid_get_unit) pid_get_unit = nullptr;
    decltype(&::sd_pid_get_user_unit) pid_get_user_unit = nullptr;

    Functions() = default;
    Functions(const Functions&) = delete;
    Functions& operator=(const Functions&) = delete;
    ~Functions() {
        if (handle != nullptr) {
            ::dlclose(handle);
        }
    }

    template <class F>
    bool find(F& function, const char* name) {
        function = reinterpret_cast<F>(::dlsym(handle, name));
        return function != nullptr;
    }
};

Systemd::Systemd(std::unique_ptr<Functions> functions) : functions_(std::move(functions)) {}
Systemd::Systemd(std::unique_ptr<NotifySender> sender) : sender_(std::move(sender)) {}
Systemd::Systemd(Systemd&& other) noexcept = default;
Systemd& Systemd::operator=(Systemd&&) noexcept = default;
Systemd::~Systemd() = default;

std::optional<Systemd> Systemd::open(std::string& why) {
    auto functions = std::make_unique<Functions>();
    functions->handle = ::dlopen(library, RTLD_NOW | RTLD_NODELETE);
    if (functions->handle == nullptr ||
        !functions->find(functions->notify_with_fds, "sd_pid_notify_with_fds") ||
        !functions->find(functions->pid_get_unit, "sd_pid_get_unit") ||
        !functions->find(functions->pid_get_user_unit, "sd_pid_get_user_unit")) {
        const char* reason = ::dlerror();
        const char* socket = ::getenv("NOTIFY_SOCKET");
        const std::string address = socket == nullptr ? "" : socket;
        if (const std::string refusal = NotifySender::refusal_of(address); !refusal.empty()) {
            why = concat(refusal, "; ", reason != nullptr ? reason : library);
            return std::nullopt;
        }
        return Systemd(std::make_unique<NotifySender>(address));
    }
    return Systemd(std::move(functions));
}

bool Systemd::notify_with(const std::string& message, const std::vector<int>& descriptors) const {
    if (sender_) {
        return sender_->send(message, descriptors);
    }
    return functions_->notify_with_fds(0, 0, message.c_str(), descriptors.data(),
                                       static_cast<unsigned>(descriptors.size())) > 0;
}

int Systemd::fd() const {
    return sender_ ? sender_->fd() : -1;
}

void Systemd::flush() const {
    if (sender_) {
        sender_->flush();
    }
}

std::string Systemd::own_unit(Manager manager) const {
    if (!functions_) {
        return unit_in_cgroup(systemd_cgroup_of_ours(), manager);
    }
    char* unit = nullptr;
    const int r = manager == Manager::user ? functions_->pid_get_user_unit(0, &unit)
                                           : functions_->pid_get_unit(0, &unit);
    std::string out = r >= 0 && unit != nullptr ? unit : "";
    std::free(unit);
    return out;
}

} // namespace amphid
