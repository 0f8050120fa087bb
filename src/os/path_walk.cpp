// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/path_walk.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace amphid {

namespace {

constexpr int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
constexpr int most_links = 40; // as in the kernel

std::deque<std::string> components_of(std::string_view path) {
    std::deque<std::string> out;
    for (const std::string_view part : split(path, '/')) {
        if (!part.empty() && part != ".") {
            out.emplace_back(part);
        }
    }
    return out;
}

/// `at` empty: in the root directory, which is nobody's to swap.
Fd open_component(const Fd& at, const std::string& name, bool create, mode_t mode) {
    const std::string part = at ? name : concat('/', name);
    Fd next(::openat(at.get(), part.c_str(), flags));
    if (!next && errno == ENOENT && create) {
        if (::mkdirat(at.get(), part.c_str(), mode) < 0 && errno != EEXIST) {
            return {};
        }
        next = Fd(::openat(at.get(), part.c_str(), flags));
    }
    return next;
}

/// Never inlined: its buffer is larger than a page of the stack, and nearly nobody has links.
[[gnu::noinline]] std::string target_of(const Fd& link) {
    std::array<char, PATH_MAX> target;
    const ssize_t size = ::readlinkat(link.get(), "", target.data(), target.size());
    return {target.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

} // namespace

bool is_read_only_here(const WayPart& part) {
    struct statvfs file_system {};
    return ::getpid() == 1 && ::fstatvfs(part.number, &file_system) == 0 &&
           (file_system.f_flag & ST_RDONLY) != 0;
}

bool is_shared(const WayPart& part) {
    const mode_t mode = part.about.st_mode;
    return S_ISDIR(mode) && (mode & S_IWOTH) != 0 && (mode & S_ISVTX) == 0;
}

Fd follow_path(const std::string& path, bool create,
               const std::function<void(const WayPart&)>& judge) {
    std::deque<std::string> todo = components_of(path);
    Fd at; // empty: the root directory
    std::string so_far;
    int links = 0;
    mode_t mode = 0755;
    while (!todo.empty()) {
        const std::string name = std::move(todo.front());
        todo.pop_front();
        Fd next = open_component(at, name, create, mode);
        WayPart part{concat(so_far, '/', name), {}, todo.empty(), next.get()};
        if (!next || ::fstat(next.get(), &part.about) < 0) {
            return {};
        }
        judge(part);
        if (!S_ISLNK(part.about.st_mode)) {
            mode = is_shared(part) ? 0700 : 0755;
            at = std::move(next);
            so_far = std::move(part.path);
            continue;
        }
        const std::string target = target_of(next);
        if (target.empty() || ++links > most_links) {
            errno = target.empty() ? errno : ELOOP;
            return {};
        }
        auto more = components_of(target);
        todo.insert(todo.begin(), more.begin(), more.end());
        if (target.front() == '/') {
            at.reset();
            so_far.clear();
        }
    }
    return at ? std::move(at) : Fd(::open("/", flags | O_DIRECTORY));
}

} // namespace amphid
