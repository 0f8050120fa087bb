// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/presence.h"

#include "base/hash.h"
#include "base/text.h"
#include "os/close_elsewhere.h"
#include "os/files.h"
#include "os/inheritance.h"
#include "os/process.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

namespace amphid {

namespace {

struct Address {
    sockaddr_un address{};
    socklen_t length = 0;
};

/// Containers that share a network namespace do not see each other's processes.
std::uint64_t read_pid_namespace() {
    struct stat st {};
    return ::stat("/proc/self/ns/pid", &st) == 0 ? st.st_ino : 0;
}

std::uint64_t pid_namespace() {
    static const std::uint64_t ours = read_pid_namespace(); // never another one
    return ours;
}

/// "@amphid/NAMESPACE/UID/PATH"; for a longer path its end, which contains the name, and a hash of
/// the whole.
Address address_of(const std::string& path, uid_t owner) {
    Address out;
    const std::string space = concat("amphid/", pid_namespace(), '/', owner);
    std::string name = concat(space, path);
    constexpr std::size_t most = sizeof out.address.sun_path - 1;
    if (name.size() > most) {
        const std::string number = concat(space, '/', hash_of(name), '/');
        name = number + name.substr(name.size() - (most - number.size()));
    }
    out.address.sun_family = AF_UNIX;
    name.copy(out.address.sun_path + 1, most);
    out.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    return out;
}

Fd open_socket() {
    return Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/// The socket's inode, as the kernel lists it: "… INODE @NAME".
std::string inode_of(std::string_view name) {
    constexpr std::size_t largest = 16U << 20;
    const auto list = read_small_file(AT_FDCWD, "/proc/net/unix", largest).value_or("");
    for (const std::string_view line : split(list, '\n')) {
        const auto path = line.find('@');
        if (path != std::string_view::npos && path > 1 && line.substr(path + 1) == name) {
            const std::string_view before = line.substr(0, path - 1);
            return std::string(before.substr(before.find_last_of(' ') + 1));
        }
    }
    return {};
}

bool holds(int pid, const std::string& target) {
    const std::string directory = concat("/proc/", pid, "/fd");
    for (const int number : numbers_in(directory)) {
        std::array<char, 64> text;
        const std::string link = concat(directory, '/', number);
        const ssize_t size = ::readlink(link.c_str(), text.data(), text.size());
        if (size > 0 && std::string_view(text.data(), static_cast<std::size_t>(size)) == target) {
            return true;
        }
    }
    return false;
}

} // namespace

Fd show_presence(const std::string& path) {
    const Address at = address_of(path, ::geteuid());
    Fd fd = open_socket();
    // Messages sent there are dropped.
    const bool shown =
        fd && ::shutdown(fd.get(), SHUT_RD) == 0 &&
        ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at.address), at.length) == 0;
    return shown ? std::move(fd) : Fd();
}

std::optional<Present> find_present(const std::string& path, uid_t owner) {
    const Address at = address_of(path, owner);
    const Fd fd = open_socket();
    const auto* address = reinterpret_cast<const sockaddr*>(&at.address);
    if (!fd || ::connect(fd.get(), address, at.length) < 0) {
        return std::nullopt;
    }
    const std::size_t size = at.length - offsetof(sockaddr_un, sun_path) - 1;
    const std::string target = concat("socket:[", inode_of({at.address.sun_path + 1, size}), ']');
    for (const int pid : numbers_in("/proc")) {
        Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
        const auto stat = process ? read_stat(pid) : std::nullopt;
        if (stat && !is_closer(stat->exit_signal) && user_of(pid) == owner && holds(pid, target)) {
            return Present{std::move(process), pid};
        }
    }
    return std::nullopt;
}

} // namespace amphid
