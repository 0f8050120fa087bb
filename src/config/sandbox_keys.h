// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/schema.h"

namespace amphid {

/// The keys of [service] that confine it. Under systemd the unit does.
inline constexpr Key<ServiceTable> sandbox_keys[] = {
    {"system-call-filter", &ServiceTable::system_call_filter, "SystemCallFilter", Applies::unit,
     "The system calls that the service may use, by name or by systemd's groups; with a leading "
     "\"~\" all others. Each string is a line of systemd's directive. \"CALL:ERRNO\" fails the "
     "call with that errno.",
     R"(["@system-service", "~@privileged"])"},
    {"system-call-error-number", &ServiceTable::system_call_error_number, "SystemCallErrorNumber",
     Applies::unit,
     "The errno of calls that system-call-filter denies; by default the process is killed.",
     R"("EPERM")"},
    {"system-call-architectures", &ServiceTable::system_call_architectures,
     "SystemCallArchitectures", Applies::unit,
     "The architectures whose system calls the service may use, besides the native one. A process "
     "that uses another one is killed.",
     R"("native")"},
    {"restrict-address-families", &ServiceTable::restrict_address_families,
     "RestrictAddressFamilies", Applies::unit,
     "The address families of sockets that the service may create; with a leading \"~\" all "
     "others.",
     R"("AF_UNIX AF_INET AF_INET6")"},
    {"restrict-namespaces", &ServiceTable::restrict_namespaces, "RestrictNamespaces", Applies::unit,
     "Whether to deny creating and entering namespaces. A list allows these kinds alone; with a "
     "leading \"~\" all others.",
     R"(true)"},
    {"restrict-realtime", &ServiceTable::restrict_realtime, "RestrictRealtime", Applies::unit,
     "Whether to deny real-time scheduling.", R"(true)"},
    {"restrict-suid-sgid", &ServiceTable::restrict_suid_sgid, "RestrictSUIDSGID", Applies::unit,
     "Whether to deny creating files with the set-user-ID or set-group-ID bit.", R"(true)"},
    {"lock-personality", &ServiceTable::lock_personality, "LockPersonality", Applies::unit,
     "Whether to deny changes of the execution domain, see personality(2).", R"(true)"},
    {"memory-deny-write-execute", &ServiceTable::memory_deny_write_execute,
     "MemoryDenyWriteExecute", Applies::unit,
     "Whether to deny memory that is writable and executable. Compilers at run time need it.",
     R"(true)"},
    {"protect-kernel-modules", &ServiceTable::protect_kernel_modules, "ProtectKernelModules",
     Applies::unit,
     "Whether to deny loading kernel modules. Outside systemd /usr/lib/modules stays readable.",
     R"(true)"},
    {"protect-kernel-logs", &ServiceTable::protect_kernel_logs, "ProtectKernelLogs", Applies::unit,
     "Whether to deny the kernel log. Outside systemd /dev/kmsg stays writable for root.",
     R"(true)"},
    {"protect-clock", &ServiceTable::protect_clock, "ProtectClock", Applies::unit,
     "Whether to deny setting the clocks. Outside systemd the device of the hardware clock is not "
     "hidden.",
     R"(true)"},
    {"protect-hostname", &ServiceTable::protect_hostname, "ProtectHostname", Applies::unit,
     "Whether to deny setting the host name. Root's service also gets a UTS namespace of its own.",
     R"(true)"},
    {"keyring-mode", &ServiceTable::keyring_mode, "KeyringMode", Applies::unit,
     "The session keyring of the service: inherit the caller's, private a new one, shared a new "
     "one that is linked to the user's. In systemd's own services the default is private.",
     R"("private")"},
};

} // namespace amphid
