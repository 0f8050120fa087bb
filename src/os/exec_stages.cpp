// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/exec_stages.h"

#include "os/capabilities.h"
#include "os/seccomp.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace amphid {

namespace {

int outcome(long result) noexcept {
    return result < 0 ? errno : 0;
}

bool keeps_capabilities(const ExecContext& context) noexcept {
    return context.ambient_set || context.secure_bits != 0 || context.sandbox.keeps_rights;
}

constexpr int kernel_policies[] = {SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, SCHED_FIFO, SCHED_RR};

static_assert(static_cast<int>(Resource::nofile) == RLIMIT_NOFILE &&
              static_cast<int>(Resource::as) == RLIMIT_AS &&
              static_cast<int>(Resource::nproc) == RLIMIT_NPROC &&
              static_cast<int>(Resource::rttime) == RLIMIT_RTTIME);

// linux/keyctl.h, which libc has no function for.
constexpr int join_session_keyring = 1;
constexpr int link_key = 8;
constexpr int session_keyring = -3;
constexpr int user_keyring = -4;

// linux/ioprio.h, which older headers lack.
constexpr int io_of_process = 1;
constexpr int io_class_shift = 13;
constexpr int io_default_priority = 4;

} // namespace

int adjust_oom_score(const ExecContext& context) noexcept {
    if (!context.scheduling.oom_score_adjust) {
        return 0;
    }
    const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return errno;
    }
    char digits[16];
    const char* const end =
        std::to_chars(digits, digits + sizeof digits, *context.scheduling.oom_score_adjust).ptr;
    const int error = outcome(::write(fd, digits, static_cast<std::size_t>(end - digits)));
    ::close(fd);
    // systemd, exec_child(): in a container the score is left unchanged.
    return error == EACCES || error == EPERM ? 0 : error;
}

int set_nice(const ExecContext& context) noexcept {
    const auto& nice = context.scheduling.nice;
    if (!nice || ::setpriority(PRIO_PROCESS, 0, *nice) == 0) {
        return 0;
    }
    // The nearest permitted value, as in systemd's setpriority_closest().
    rlimit limit{};
    if ((errno != EACCES && errno != EPERM) || ::getrlimit(RLIMIT_NICE, &limit) < 0) {
        return errno;
    }
    const int best = 20 - static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 40));
    errno = 0;
    const int now = ::getpriority(PRIO_PROCESS, 0);
    return best < now && errno == 0 ? outcome(::setpriority(PRIO_PROCESS, 0, std::max(best, *nice)))
                                    : 0;
}

int set_scheduler(const ExecContext& context) noexcept {
    const Scheduling& asked = context.scheduling;
    if (!asked.policy && !asked.priority && !asked.reset_on_fork) {
        return 0;
    }
    const CpuPolicy policy = asked.policy.value_or(CpuPolicy::other);
    sched_param parameter{};
    parameter.sched_priority = is_real_time(policy) ? asked.priority.value_or(1) : 0;
    const int flags = asked.reset_on_fork ? SCHED_RESET_ON_FORK : 0;
    return outcome(::sched_setscheduler(
        0, kernel_policies[static_cast<std::size_t>(policy)] | flags, &parameter));
}

int set_affinity(const ExecContext& context) noexcept {
    const auto& cpus = context.scheduling.affinity;
    return cpus ? outcome(
                      ::syscall(SYS_sched_setaffinity, 0, sizeof cpus->words, cpus->words.data()))
                : 0;
}

int set_io_priority(const ExecContext& context) noexcept {
    const Scheduling& asked = context.scheduling;
    if (!asked.io_class && !asked.io_priority) {
        return 0;
    }
    // "none" is the kernel's default under another name; systemd translates it, too.
    const bool is_default = asked.io_class.value_or(IoClass::none) == IoClass::none;
    const auto io_class = static_cast<int>(is_default ? IoClass::best_effort : *asked.io_class);
    const int priority = asked.io_class == IoClass::none
                             ? io_default_priority
                             : asked.io_priority.value_or(io_default_priority);
    return outcome(
        ::syscall(SYS_ioprio_set, io_of_process, 0, io_class << io_class_shift | priority));
}

int set_timer_slack(const ExecContext& context) noexcept {
    const auto& slack = context.scheduling.timer_slack;
    return slack ? outcome(::prctl(PR_SET_TIMERSLACK, slack->count, 0, 0, 0)) : 0;
}

int join_keyring(const ExecContext& context) noexcept {
    return context.sandbox.settings.keyring_mode == KeyringMode::inherit
               ? 0
               : outcome(::syscall(SYS_keyctl, join_session_keyring, nullptr, 0, 0, 0));
}

int link_user_keyring(const ExecContext& context) noexcept {
    return context.sandbox.settings.keyring_mode == KeyringMode::shared
               ? outcome(::syscall(SYS_keyctl, link_key, user_keyring, session_keyring, 0, 0))
               : 0;
}

int leave_namespaces(const ExecContext& context) noexcept {
    return context.sandbox.own_host_name ? outcome(::unshare(CLONE_NEWUTS)) : 0;
}

int apply_filters(const ExecContext& context) noexcept {
    if (context.sandbox.filters.empty()) {
        return 0;
    }
    Capabilities now;
    if (const int error = context.sandbox.keeps_rights ? read_capabilities(now) : 0) {
        return error;
    }
    if ((now.permitted & ~now.effective & bit_of(CAP_SYS_ADMIN)) != 0) {
        now.effective |= bit_of(CAP_SYS_ADMIN); // the program gets none of it: exec(2) takes it
        if (const int error = write_capabilities(now)) {
            return error;
        }
    }
    for (const FilterProgram& filter : context.sandbox.filters) {
        if (const int error = apply_filter(filter)) {
            return error;
        }
    }
    return 0;
}

int set_limits(const ExecContext& context) noexcept {
    for (std::size_t resource = 0; resource < context.limits.size(); ++resource) {
        const auto& limit = context.limits[resource];
        if (!limit) {
            continue;
        }
        std::uint64_t pair[2] = {limit->soft, limit->hard}; // rlimit64
        if (::syscall(SYS_prlimit64, 0, resource, pair, nullptr) == 0) {
            continue;
        }
        // The nearest permitted limits, as in systemd's setrlimit_closest().
        std::uint64_t now[2] = {};
        if (errno != EPERM || ::syscall(SYS_prlimit64, 0, resource, nullptr, now) < 0) {
            return errno;
        }
        pair[0] = std::min(pair[0], now[1]);
        pair[1] = std::min(pair[1], now[1]);
        if (::syscall(SYS_prlimit64, 0, resource, pair, nullptr) < 0) {
            return errno;
        }
    }
    return 0;
}

int enter_groups(const ExecContext& context) noexcept {
    const Credentials& who = context.credentials;
    if (who.groups && ::syscall(SYS_setgroups, who.groups->size(), who.groups->data()) < 0) {
        return errno;
    }
    return who.gid ? outcome(::syscall(SYS_setresgid, *who.gid, *who.gid, *who.gid)) : 0;
}

int change_root(const ExecContext& context) noexcept {
    const std::string& root = context.root_directory;
    if (root.empty()) {
        return 0;
    }
    return ::chroot(root.c_str()) < 0 || ::chdir("/") < 0 ? errno : 0;
}

int bound_capabilities(const ExecContext& context, bool becomes_user) noexcept {
    if (becomes_user && keeps_capabilities(context) && ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0) {
        return errno;
    }
    if (!context.bounding_set) {
        return 0;
    }
    for (unsigned capability = 0; capability < 64; ++capability) {
        const int there = ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
        if (there < 0) {
            break; // past the kernel's last
        }
        if (there == 1 && (context.bounding_set->bits & bit_of(capability)) == 0 &&
            ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) {
            return errno;
        }
    }
    // Root would regain inheritable capabilities with its next exec.
    Capabilities now;
    if (const int error = read_capabilities(now)) {
        return error;
    }
    now.inheritable &= context.bounding_set->bits;
    return write_capabilities(now);
}

int become_user(const ExecContext& context) noexcept {
    const auto& uid = context.credentials.uid;
    if (!uid) {
        return 0;
    }
    if (::syscall(SYS_setresuid, *uid, *uid, *uid) < 0) {
        return errno;
    }
    // Also if we had capabilities without being root.
    Capabilities now;
    if (const int error = read_capabilities(now)) {
        return error;
    }
    const std::uint64_t kept = keeps_capabilities(context) ? now.permitted : 0;
    if (*uid != 0 && (write_capabilities({0, kept, now.inheritable}) != 0 ||
                      ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)) {
        return errno;
    }
    // No effective capability is left: if this works now, it would work for the service, too.
    const uid_t keep = static_cast<uid_t>(-1);
    return *uid != 0 && ::syscall(SYS_setresuid, keep, 0, keep) == 0 ? EPERM : 0;
}

int raise_ambient_capabilities(const ExecContext& context) noexcept {
    if (!context.ambient_set) {
        return 0;
    }
    Capabilities now;
    if (const int error = read_capabilities(now)) {
        return error;
    }
    now.inheritable = context.ambient_set->bits & now.permitted;
    if (const int error = write_capabilities(now)) {
        return error;
    }
    for (unsigned capability = 0; capability < 64; ++capability) {
        if ((context.ambient_set->bits & bit_of(capability)) != 0 &&
            ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0) {
            return errno;
        }
    }
    return 0;
}

int set_secure_bits(const ExecContext& context) noexcept {
    if (context.secure_bits == 0) {
        return 0;
    }
    Capabilities now;
    if (const int error = read_capabilities(now)) {
        return error;
    }
    now.effective |= now.permitted & bit_of(CAP_SETPCAP);
    if (const int error = write_capabilities(now)) {
        return error;
    }
    return outcome(::prctl(PR_SET_SECUREBITS, context.secure_bits, 0, 0, 0));
}

int forbid_new_privileges(const ExecContext& context) noexcept {
    return context.no_new_privileges ? outcome(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) : 0;
}

int drop_capabilities(const ExecContext& context) noexcept {
    const auto& uid = context.credentials.uid;
    if (!uid || *uid == 0 || !keeps_capabilities(context)) {
        return 0;
    }
    const std::uint64_t ambient = context.ambient_set ? context.ambient_set->bits : 0;
    const std::uint64_t left = ambient | (context.sandbox.keeps_rights ? bit_of(CAP_SYS_ADMIN) : 0);
    Capabilities now;
    if (const int error = read_capabilities(now)) {
        return error;
    }
    return write_capabilities({0, left & now.permitted, now.inheritable});
}

} // namespace amphid
