// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/credentials.h"

#include "base/text.h"
#include "os/os_error.h"

#include <algorithm>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace amphid {

namespace {

/// Copied, since the next lookup overwrites libc's buffer.
struct KnownUser {
    uid_t uid = 0;
    std::optional<gid_t> gid; // none: a UID without an account
    std::string name;
    std::string home;
    std::string shell;
};

KnownUser look_up_user(const std::string& text) {
    const auto number = parse_number<uid_t>(text);
    errno = 0;
    const passwd* entry = number ? ::getpwuid(*number) : ::getpwnam(text.c_str());
    if (entry != nullptr) {
        return {entry->pw_uid, entry->pw_gid, entry->pw_name, entry->pw_dir, entry->pw_shell};
    }
    if (number && *number != static_cast<uid_t>(-1)) {
        return {*number, std::nullopt, {}, {}, {}};
    }
    throw OsError("cannot use the user", text, "there is no such user", ESRCH);
}

gid_t look_up_group(const std::string& text) {
    if (const auto number = parse_number<gid_t>(text); number && *number != ~gid_t{0}) {
        return *number;
    }
    errno = 0;
    const group* entry = ::getgrnam(text.c_str());
    if (entry == nullptr) {
        throw OsError("cannot use the group", text, "there is no such group", ESRCH);
    }
    return entry->gr_gid;
}

std::vector<gid_t> groups_of(const std::string& user, gid_t gid) {
    std::vector<gid_t> out(32);
    int count = static_cast<int>(out.size());
    while (::getgrouplist(user.c_str(), gid, out.data(), &count) < 0) {
        // `count` tells the number needed; at least double the buffer in case it does not.
        out.resize(std::max(static_cast<std::size_t>(count), out.size() * 2));
        count = static_cast<int>(out.size());
    }
    out.resize(static_cast<std::size_t>(count));
    return out;
}

/// systemd.exec(5), "Environment variables": values that are of no use to a service are left out.
Environment login_of(const KnownUser& user) {
    Environment out;
    if (!user.home.empty() && user.home != "/") {
        set_variable(out, "HOME", user.home);
    }
    if (!user.name.empty()) {
        set_variable(out, "LOGNAME", user.name);
        set_variable(out, "USER", user.name);
    }
    const std::string shell = user.shell.substr(user.shell.find_last_of('/') + 1);
    if (!shell.empty() && shell != "nologin" && shell != "false") {
        set_variable(out, "SHELL", user.shell);
    }
    return out;
}

bool may(int capability) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2] = {};
    ::syscall(SYS_capget, &header, data);
    return (data[0].effective >> capability & 1) != 0;
}

/// A user may name himself; anything else requires root.
void refuse_what_we_may_not(const ExecContext& context, Credentials& credentials) {
    const bool other_user = credentials.uid && *credentials.uid != ::geteuid();
    const bool other_group = credentials.gid && *credentials.gid != ::getegid();
    if (other_user && !may(CAP_SETUID)) {
        throw OsError("cannot become the user", context.user.text, "user needs root: CAP_SETUID",
                      EPERM);
    }
    if ((other_group || other_user) && !may(CAP_SETGID)) {
        throw OsError(
            "cannot become the group",
            context.group.text.empty() ? context.user.text : context.group.text,
            concat(context.group.text.empty() ? "user" : "group", " needs root: CAP_SETGID"),
            EPERM);
    }
    if (!may(CAP_SETGID)) {
        credentials.gid.reset();
        credentials.groups.reset();
    }
    if (!may(CAP_SETUID)) {
        credentials.uid.reset();
    }
}

/// Of [log] owner: who owns new files.
void look_up_owner(LogSettings& log) {
    if (!log.user.empty()) {
        log.uid = look_up_user(log.user).uid;
    }
    if (!log.group.empty()) {
        log.gid = look_up_group(log.group);
    }
    const bool other = (log.uid && *log.uid != ::geteuid()) || (log.gid && *log.gid != ::getegid());
    if (other && !may(CAP_CHOWN)) {
        throw OsError("cannot give the log file to",
                      concat(log.user, log.group.empty() ? "" : ":", log.group),
                      "owner needs root: CAP_CHOWN", EPERM);
    }
}

} // namespace

FileOwner look_up_file_owner(const Account& user, const Account& group) {
    FileOwner out;
    if (!user.text.empty()) {
        const KnownUser known = look_up_user(user.text);
        out = {known.uid, known.gid};
    }
    if (!group.text.empty()) {
        out.gid = look_up_group(group.text);
    }
    return out;
}

void look_up_credentials(ExecContext& context) {
    Credentials out;
    KnownUser user;
    if (!context.user.text.empty()) {
        user = look_up_user(context.user.text);
        out.uid = user.uid;
        out.gid = user.gid;
        out.login = login_of(user);
    } else if (context.login_of_caller) {
        out.login = login_of(look_up_user(concat(::geteuid())));
    }
    if (!context.group.text.empty()) {
        out.gid = look_up_group(context.group.text);
    }
    if (out.uid && !out.gid) {
        throw OsError("cannot use the user", context.user.text,
                      "no user has this UID, so group must be set", ESRCH);
    }
    if (out.gid || !context.supplementary_groups.empty()) {
        // As in systemd: root has no supplementary groups.
        const bool has_groups = !user.name.empty() && out.gid != gid_t{0};
        out.groups = has_groups ? groups_of(user.name, *out.gid) : std::vector<gid_t>();
        for (const std::string& name : context.supplementary_groups) {
            out.groups->push_back(look_up_group(name));
        }
    }
    if (context.working_directory_is_home) {
        const bool known = !context.user.text.empty();
        context.working_directory = known ? user.home : look_up_user(concat(::geteuid())).home;
        if (context.working_directory.empty() && !context.working_directory_is_optional) {
            throw OsError("cannot find", "the home directory",
                          "working-directory is \"~\", but the user has no home directory", ENOENT);
        }
    }
    look_up_owner(context.log);
    refuse_what_we_may_not(context, out);
    context.credentials = std::move(out);
}

} // namespace amphid
