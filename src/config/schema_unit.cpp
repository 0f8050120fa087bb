// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/packed_keys.h"
#include "config/schema.h"

namespace amphid {

namespace {

using enum Applies;

constexpr Key<UnitTable> unit_keys[] = {
    {"description", &UnitTable::description, "Description", unit,
     "A short description of the service, shown in status and logs.", R"("Demo web server")"},
    {"documentation", &UnitTable::documentation, "Documentation", unit,
     "URIs of its documentation.", "\"man:web(8)\""},
    {"after", &UnitTable::after, "After", unit,
     "Units to start before this one, if they are started at all.", R"("network-online.target")"},
    {"before", &UnitTable::before, "Before", unit,
     "Units to start after this one, if they are started at all.", R"("nginx.service")"},
    {"wants", &UnitTable::wants, "Wants", unit,
     "Units to start together with this one, whether or not they succeed.",
     R"("network-online.target")"},
    {"requires", &UnitTable::requires_, "Requires", unit,
     "Units that this one needs: it is not started if one of them fails to start, and stopped if "
     "one of them stops.",
     R"("postgresql.service")"},
    {"condition-path-exists", &UnitTable::condition_path_exists, "ConditionPathExists", unit,
     "Skips the start unless the path exists.", R"("/etc/web.conf")"},
    {"condition-path-exists-glob", &UnitTable::condition_path_exists_glob,
     "ConditionPathExistsGlob", unit,
     "Skips the start unless a path matches the pattern, see glob(7).", R"("/etc/web/*.conf")"},
    {"condition-path-is-directory", &UnitTable::condition_path_is_directory,
     "ConditionPathIsDirectory", unit, "Skips the start unless the path is a directory.",
     R"("/srv/web")"},
    {"condition-path-is-symbolic-link", &UnitTable::condition_path_is_symbolic_link,
     "ConditionPathIsSymbolicLink", unit, "Skips the start unless the path is a symbolic link.",
     R"("/etc/alternatives/web")"},
    {"condition-path-is-mount-point", &UnitTable::condition_path_is_mount_point,
     "ConditionPathIsMountPoint", unit, "Skips the start unless the path is a mount point.",
     R"("/srv")"},
    {"condition-path-is-read-write", &UnitTable::condition_path_is_read_write,
     "ConditionPathIsReadWrite", unit,
     "Skips the start unless the file system of the path is writable.", R"("/var/lib")"},
    {"condition-directory-not-empty", &UnitTable::condition_directory_not_empty,
     "ConditionDirectoryNotEmpty", unit,
     "Skips the start unless the directory exists and is not empty.", R"("/etc/web")"},
    {"condition-file-not-empty", &UnitTable::condition_file_not_empty, "ConditionFileNotEmpty",
     unit, "Skips the start unless the file exists and is not empty.", R"("/etc/web.conf")"},
    {"condition-file-is-executable", &UnitTable::condition_file_is_executable,
     "ConditionFileIsExecutable", unit, "Skips the start unless the file exists and is executable.",
     R"("/usr/bin/web")"},
    {"condition-virtualization", &UnitTable::condition_virtualization, "ConditionVirtualization",
     unit,
     "Skips the start unless it runs in this kind of virtualization: yes, no, vm, container, "
     "private-users, or a name that systemd-detect-virt prints.",
     R"("!container")"},
    {"condition-architecture", &UnitTable::condition_architecture, "ConditionArchitecture", unit,
     "Skips the start unless the machine has this architecture (\"x86-64\", \"arm64\", "
     "\"native\").",
     R"("x86-64")"},
    {"condition-host", &UnitTable::condition_host, "ConditionHost", unit,
     "Skips the start unless the host name (wildcards allowed) or the machine ID matches.",
     R"("web*")"},
    {"condition-kernel-command-line", &UnitTable::condition_kernel_command_line,
     "ConditionKernelCommandLine", unit,
     "Skips the start unless the kernel command line contains this word or assignment.",
     R"("!rescue")"},
    {"condition-kernel-version", &UnitTable::condition_kernel_version, "ConditionKernelVersion",
     unit,
     "Skips the start unless the kernel version compares as given (\">=5.10\") or matches the "
     "pattern.",
     R"(">=5.10")"},
    {"condition-environment", &UnitTable::condition_environment, "ConditionEnvironment", unit,
     "Skips the start unless the environment contains this variable or assignment.",
     R"("PORT=8080")"},
    {"condition-capability", &UnitTable::condition_capability, "ConditionCapability", unit,
     "Skips the start unless the capability is in the bounding set.", R"("CAP_NET_BIND_SERVICE")"},
    {"condition-security", &UnitTable::condition_security, "ConditionSecurity", unit,
     "Skips the start unless this security module or mechanism is in use.", R"("apparmor")"},
    {"condition-ac-power", &UnitTable::condition_ac_power, "ConditionACPower", unit,
     "Skips the start unless the machine is on AC power, or with \"no\" on battery.", R"(true)"},
    {"condition-user", &UnitTable::condition_user, "ConditionUser", unit,
     "Skips the start unless it is started by this user: a name, a UID, or \"@system\".",
     R"("www-data")"},
    {"condition-group", &UnitTable::condition_group, "ConditionGroup", unit,
     "Skips the start unless it is started by a member of this group.", R"("adm")"},
    {"condition-cpus", &UnitTable::condition_cpus, "ConditionCPUs", unit,
     "Skips the start unless the number of usable CPUs compares as given (\">=4\").", R"(">=4")"},
    {"condition-memory", &UnitTable::condition_memory, "ConditionMemory", unit,
     "Skips the start unless the memory size of the machine compares as given (\">=1G\").",
     R"(">=1G")"},
    {"condition-first-boot", &UnitTable::condition_first_boot, "ConditionFirstBoot", unit,
     "Skips the start unless this is the first boot, or with \"no\" a later one.", R"(false)"},
    {"condition-needs-update", &UnitTable::condition_needs_update, "ConditionNeedsUpdate", unit,
     "Skips the start unless /etc or /var is older than /usr.", R"("/etc")"},
    {"condition-control-group-controller", &UnitTable::condition_control_group_controller,
     "ConditionControlGroupController", unit,
     "Skips the start unless the cgroup controllers are available, or the cgroup version (\"v1\", "
     "\"v2\") is in use.",
     R"("memory")"},
    {"assert-path-exists", &UnitTable::assert_path_exists, "AssertPathExists", unit,
     "Fails the start unless the path exists.", R"("/etc/web.conf")"},
    {"assert-path-exists-glob", &UnitTable::assert_path_exists_glob, "AssertPathExistsGlob", unit,
     "Fails the start unless a path matches the pattern, see glob(7).", R"("/etc/web/*.conf")"},
    {"assert-path-is-directory", &UnitTable::assert_path_is_directory, "AssertPathIsDirectory",
     unit, "Fails the start unless the path is a directory.", R"("/srv/web")"},
    {"assert-path-is-symbolic-link", &UnitTable::assert_path_is_symbolic_link,
     "AssertPathIsSymbolicLink", unit, "Fails the start unless the path is a symbolic link.",
     R"("/etc/alternatives/web")"},
    {"assert-path-is-mount-point", &UnitTable::assert_path_is_mount_point, "AssertPathIsMountPoint",
     unit, "Fails the start unless the path is a mount point.", R"("/srv")"},
    {"assert-path-is-read-write", &UnitTable::assert_path_is_read_write, "AssertPathIsReadWrite",
     unit, "Fails the start unless the file system of the path is writable.", R"("/var/lib")"},
    {"assert-directory-not-empty", &UnitTable::assert_directory_not_empty,
     "AssertDirectoryNotEmpty", unit,
     "Fails the start unless the directory exists and is not empty.", R"("/etc/web")"},
    {"assert-file-not-empty", &UnitTable::assert_file_not_empty, "AssertFileNotEmpty", unit,
     "Fails the start unless the file exists and is not empty.", R"("/etc/web.conf")"},
    {"assert-file-is-executable", &UnitTable::assert_file_is_executable, "AssertFileIsExecutable",
     unit, "Fails the start unless the file exists and is executable.", R"("/usr/bin/web")"},
    {"assert-virtualization", &UnitTable::assert_virtualization, "AssertVirtualization", unit,
     "Fails the start unless it runs in this kind of virtualization: yes, no, vm, container, "
     "private-users, or a name that systemd-detect-virt prints.",
     R"("!container")"},
    {"assert-architecture", &UnitTable::assert_architecture, "AssertArchitecture", unit,
     "Fails the start unless the machine has this architecture (\"x86-64\", \"arm64\", "
     "\"native\").",
     R"("x86-64")"},
    {"assert-host", &UnitTable::assert_host, "AssertHost", unit,
     "Fails the start unless the host name (wildcards allowed) or the machine ID matches.",
     R"("web*")"},
    {"assert-kernel-command-line", &UnitTable::assert_kernel_command_line,
     "AssertKernelCommandLine", unit,
     "Fails the start unless the kernel command line contains this word or assignment.",
     R"("!rescue")"},
    {"assert-kernel-version", &UnitTable::assert_kernel_version, "AssertKernelVersion", unit,
     "Fails the start unless the kernel version compares as given (\">=5.10\") or matches the "
     "pattern.",
     R"(">=5.10")"},
    {"assert-environment", &UnitTable::assert_environment, "AssertEnvironment", unit,
     "Fails the start unless the environment contains this variable or assignment.",
     R"("PORT=8080")"},
    {"assert-capability", &UnitTable::assert_capability, "AssertCapability", unit,
     "Fails the start unless the capability is in the bounding set.", R"("CAP_NET_BIND_SERVICE")"},
    {"assert-security", &UnitTable::assert_security, "AssertSecurity", unit,
     "Fails the start unless this security module or mechanism is in use.", R"("apparmor")"},
    {"assert-ac-power", &UnitTable::assert_ac_power, "AssertACPower", unit,
     "Fails the start unless the machine is on AC power, or with \"no\" on battery.", R"(true)"},
    {"assert-user", &UnitTable::assert_user, "AssertUser", unit,
     "Fails the start unless it is started by this user: a name, a UID, or \"@system\".",
     R"("www-data")"},
    {"assert-group", &UnitTable::assert_group, "AssertGroup", unit,
     "Fails the start unless it is started by a member of this group.", R"("adm")"},
    {"assert-cpus", &UnitTable::assert_cpus, "AssertCPUs", unit,
     "Fails the start unless the number of usable CPUs compares as given (\">=4\").", R"(">=4")"},
    {"assert-memory", &UnitTable::assert_memory, "AssertMemory", unit,
     "Fails the start unless the memory size of the machine compares as given (\">=1G\").",
     R"(">=1G")"},
    {"assert-first-boot", &UnitTable::assert_first_boot, "AssertFirstBoot", unit,
     "Fails the start unless this is the first boot, or with \"no\" a later one.", R"(false)"},
    {"assert-needs-update", &UnitTable::assert_needs_update, "AssertNeedsUpdate", unit,
     "Fails the start unless /etc or /var is older than /usr.", R"("/etc")"},
    {"assert-control-group-controller", &UnitTable::assert_control_group_controller,
     "AssertControlGroupController", unit,
     "Fails the start unless the cgroup controllers are available, or the cgroup version (\"v1\", "
     "\"v2\") is in use.",
     R"("memory")"},
};

struct Heading {
    std::string_view table;
    std::string_view key; // the first one below it
    std::string_view title;
};

constexpr Heading headings[] = {
    {"unit", "description", "Description and order"},
    {"unit", "condition-path-exists", "Conditions"},
    {"unit", "assert-path-exists", "Assertions"},
    {"service", "type", "Commands"},
    {"service", "restart", "Restarts"},
    {"service", "timeout-start-sec", "Timeouts and signals"},
    {"service", "notify-access", "Notifications"},
    {"service", "working-directory", "Environment"},
    {"service", "user", "User and privileges"},
    {"service", "system-call-filter", "Sandbox"},
    {"service", "limit-cpu", "Limits"},
    {"service", "nice", "Scheduling"},
    {"service", "runtime-directory", "Directories"},
    {"service", "standard-input", "Input and output"},
};

} // namespace

std::string_view heading_at(std::string_view table, std::string_view key) {
    for (const Heading& heading : headings) {
        if (heading.table == table && heading.key == key) {
            return heading.title;
        }
    }
    return {};
}

KeyList<UnitTable> keys_of(const UnitTable&) {
    return PackedKeys<unit_keys>::list();
}

} // namespace amphid
