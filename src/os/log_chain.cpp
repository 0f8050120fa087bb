// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/log_chain.h"

#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace amphid {

namespace {

constexpr std::string_view shape = ".00000000T000000.000000Z";

bool has_shape(std::string_view text) {
    return std::equal(text.begin(), text.end(), shape.begin(), shape.end(), [](char c, char want) {
        return want == '0' ? c >= '0' && c <= '9' : c == want;
    });
}

std::string proc_path(int directory) {
    return concat("/proc/self/fd/", directory);
}

} // namespace

std::string older_log_name(std::string_view name, TimeSpan when) {
    const std::time_t second = when.usec / 1'000'000;
    std::tm utc{};
    ::gmtime_r(&second, &utc);
    std::array<char, 32> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), ".%Y%m%dT%H%M%S.", &utc);
    std::string fraction = concat(1'000'000 + when.usec % 1'000'000);
    return concat(name, std::string_view(text.data(), length), std::string_view(fraction).substr(1),
                  'Z');
}

std::optional<TimeSpan> time_in_log_name(std::string_view name, std::string_view older) {
    if (!older.starts_with(name) || !has_shape(older.substr(name.size()))) {
        return std::nullopt;
    }
    const std::string_view text = older.substr(name.size() + 1);
    const auto number = [&](std::size_t at, std::size_t length) {
        return parse_number<int>(text.substr(at, length)).value_or(0);
    };
    std::tm utc{};
    utc.tm_year = number(0, 4) - 1900;
    utc.tm_mon = number(4, 2) - 1;
    utc.tm_mday = number(6, 2);
    utc.tm_hour = number(9, 2);
    utc.tm_min = number(11, 2);
    utc.tm_sec = number(13, 2);
    return TimeSpan{std::int64_t{::timegm(&utc)} * 1'000'000 + number(16, 6)};
}

std::vector<std::string> older_logs(const std::string& directory, std::string_view name) {
    std::vector<std::string> out;
    for (std::string& found : names_in(directory)) {
        if (time_in_log_name(name, found)) {
            out.push_back(std::move(found));
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

Fd open_log_directory(const std::string& path) {
    open_how how{};
    how.flags = O_DIRECTORY | O_RDONLY | O_CLOEXEC;
    how.resolve = RESOLVE_NO_SYMLINKS;
    Fd out(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
    if (!out && (errno == ELOOP || errno == ENOSYS || errno == EPERM)) {
        out = open_directory(path, false);
    }
    checked(out.get(), "cannot open", path);
    return out;
}

std::string rotate_log(int directory, const std::string& name, TimeSpan now) {
    const auto older = older_logs(proc_path(directory), name);
    // The clock may have been set back, but names must sort in the order of the files.
    const auto last = older.empty() ? std::nullopt : time_in_log_name(name, older.back());
    const TimeSpan when = last && *last >= now ? TimeSpan{last->usec + 1} : now;
    std::string to = older_log_name(name, when);
    int done = ::renameat2(directory, name.c_str(), directory, to.c_str(), RENAME_NOREPLACE);
    if (done < 0 && (errno == EINVAL || errno == ENOSYS)) {
        done = ::renameat(directory, name.c_str(), directory, to.c_str()); // some file systems
    }
    checked(done, "cannot rotate", path_in(directory, name));
    return to;
}

void remove_oldest_logs(int directory, const std::string& name, unsigned keep) {
    const auto older = older_logs(proc_path(directory), name);
    for (std::size_t i = 0; i + keep < older.size(); ++i) {
        if (::unlinkat(directory, older[i].c_str(), 0) < 0 && errno != ENOENT) {
            throw OsError("cannot remove", path_in(directory, older[i]));
        }
    }
}

} // namespace amphid
