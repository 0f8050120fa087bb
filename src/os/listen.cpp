// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/listen.h"

#include "base/text.h"
#include "os/credentials.h"
#include "os/os_error.h"
#include "os/socket_address.h"
#include "os/unix_address.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

constexpr std::string_view action = "cannot listen on";

int kernel_type_of(SocketType type) {
    return type == SocketType::datagram            ? SOCK_DGRAM
           : type == SocketType::sequential_packet ? SOCK_SEQPACKET
                                                   : SOCK_STREAM;
}

bool has_connections(SocketType type) {
    return type == SocketType::stream || type == SocketType::sequential_packet;
}

/// While it lives, new files get no more than this mode.
class Umask {
public:
    explicit Umask(mode_t mode) : before_(::umask(~mode & 0777)) {}
    Umask(const Umask&) = delete;
    Umask& operator=(const Umask&) = delete;
    ~Umask() { ::umask(before_); }

private:
    mode_t before_;
};

/// Removes what this start has created, unless it is kept.
class Created {
public:
    Created() = default;
    Created(const Created&) = delete;
    Created& operator=(const Created&) = delete;
    ~Created() {
        for (const std::string& path : paths_) {
            ::unlink(path.c_str());
        }
    }
    void add(std::string path) { paths_.push_back(std::move(path)); }
    void keep() { paths_.clear(); }

private:
    std::vector<std::string> paths_;
};

void make_parents(const std::string& path, mode_t mode) {
    const Umask umask(mode);
    for (auto slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        const std::string directory = path.substr(0, slash);
        if (::mkdir(directory.c_str(), mode) < 0 && errno != EEXIST) {
            throw OsError("cannot create directory", directory);
        }
    }
}

/// One of the options of a [[socket]].
struct Option {
    std::string_view key;
    int level;
    int name;
    int value;
};

void set(int fd, const Option& option, const Socket& socket) {
    if (::setsockopt(fd, option.level, option.name, &option.value, sizeof option.value) < 0) {
        throw OsError(concat("cannot set ", option.key, " of"), place_of(socket));
    }
}

/// Beyond net.core.rmem_max only for root.
void set_buffer(int fd, const Option& option, int forced, const Socket& socket) {
    if (::setsockopt(fd, option.level, forced, &option.value, sizeof option.value) < 0) {
        set(fd, option, socket);
    }
}

int size_of_buffer(std::uint64_t bytes) {
    constexpr int most = std::numeric_limits<int>::max();
    return static_cast<int>(std::min<std::uint64_t>(bytes, most));
}

void set_ip_options(int fd, int family, const Socket& socket) {
    const SocketSettings& settings = socket.settings;
    const bool v6 = family == AF_INET6;
    if (socket.type == SocketType::stream) { // two UDP sockets would share the port
        set(fd, {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, 1}, socket);
    }
    if (settings.bind_ipv6_only != BindIpv6Only::by_default && v6) {
        const bool only = settings.bind_ipv6_only == BindIpv6Only::ipv6_only;
        set(fd, {"bind-ipv6-only", IPPROTO_IPV6, IPV6_V6ONLY, only ? 1 : 0}, socket);
    }
    const int level = v6 ? static_cast<int>(IPPROTO_IPV6) : static_cast<int>(IPPROTO_IP);
    const bool tcp = socket.type == SocketType::stream;
    const std::pair<bool, Option> options[] = {
        {settings.reuse_port, {"reuse-port", SOL_SOCKET, SO_REUSEPORT, 1}},
        {settings.free_bind, {"free-bind", level, v6 ? IPV6_FREEBIND : IP_FREEBIND, 1}},
        {settings.transparent, {"transparent", level, v6 ? IPV6_TRANSPARENT : IP_TRANSPARENT, 1}},
        {settings.no_delay && tcp, {"no-delay", IPPROTO_TCP, TCP_NODELAY, 1}},
        {settings.ip_tos.has_value(), {"ip-tos", IPPROTO_IP, IP_TOS, settings.ip_tos.value_or(0)}},
        {settings.ip_tos && v6, {"ip-tos", level, IPV6_TCLASS, settings.ip_tos.value_or(0)}}};
    for (const auto& [wanted, option] : options) {
        if (wanted) {
            set(fd, option, socket);
        }
    }
}

void set_options(int fd, int family, const Socket& socket) {
    const SocketSettings& settings = socket.settings;
    if (family != AF_UNIX) {
        set_ip_options(fd, family, socket);
    }
    if (settings.keep_alive && socket.type == SocketType::stream) {
        set(fd, {"keep-alive", SOL_SOCKET, SO_KEEPALIVE, 1}, socket);
    }
    if (settings.pass_credentials && family == AF_UNIX) {
        set(fd, {"pass-credentials", SOL_SOCKET, SO_PASSCRED, 1}, socket);
    }
    if (settings.receive_buffer > 0) {
        set_buffer(
            fd, {"receive-buffer", SOL_SOCKET, SO_RCVBUF, size_of_buffer(settings.receive_buffer)},
            SO_RCVBUFFORCE, socket);
    }
    if (settings.send_buffer > 0) {
        set_buffer(fd, {"send-buffer", SOL_SOCKET, SO_SNDBUF, size_of_buffer(settings.send_buffer)},
                   SO_SNDBUFFORCE, socket);
    }
}

/// True if a process still serves it; only a refused connection proves that none does.
bool is_served(const Socket& socket) {
    const Fd probe(
        ::socket(AF_UNIX, kernel_type_of(socket.type) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const UnixAddress to = unix_address(socket.address.path);
    return !probe || ::connect(probe.get(), to.get(), to.length) == 0 || errno != ECONNREFUSED;
}

bool is_of_type(const std::string& path, mode_t type) {
    struct stat st {};
    return ::lstat(path.c_str(), &st) == 0 && (st.st_mode & S_IFMT) == type;
}

/// Returns 0 or an errno.
int bind_once(int fd, const KernelAddress& address, mode_t mode) {
    const Umask umask(mode);
    return ::bind(fd, address.get(), address.length) < 0 ? errno : 0;
}

/// Of what was just created: whoever may write to its directory could put another file there.
void give_to_owner(const std::string& path, mode_t type, const SocketSettings& settings) {
    const FileOwner owner = look_up_file_owner(settings.user, settings.group);
    if (!owner.uid && !owner.gid) {
        return;
    }
    constexpr std::string_view what = "cannot change the owner of";
    const Fd file(checked(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC), what, path));
    struct stat st {};
    if (::fstat(file.get(), &st) < 0 || (st.st_mode & S_IFMT) != type) {
        throw OsError(what, path, "it was replaced", ESTALE);
    }
    checked(::fchownat(file.get(), "", owner.uid.value_or(static_cast<uid_t>(-1)),
                       owner.gid.value_or(static_cast<gid_t>(-1)), AT_EMPTY_PATH),
            what, path);
}

void make_symlinks(const Socket& socket, Created& created) {
    const std::string path = path_of(socket);
    for (const std::string& link : socket.settings.symlinks) {
        make_parents(link, socket.settings.directory_mode);
        char target[4096];
        const ssize_t size = ::readlink(link.c_str(), target, sizeof target);
        const bool known = size > 0 && path == std::string_view(target, static_cast<size_t>(size));
        if (!known) {
            checked(::symlink(path.c_str(), link.c_str()), "cannot create the link", link);
            created.add(link);
        }
    }
}

Fd open_fifo(const Socket& socket, Created& created) {
    const std::string path = path_of(socket);
    make_parents(path, socket.settings.directory_mode);
    {
        const Umask umask(socket.settings.mode);
        if (::mkfifo(path.c_str(), socket.settings.mode) == 0) {
            created.add(path);
        } else if (errno != EEXIST) {
            throw OsError("cannot create the fifo", path);
        }
    }
    Fd out(checked(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW),
                   action, path));
    struct stat st {};
    if (::fstat(out.get(), &st) < 0 || !S_ISFIFO(st.st_mode)) {
        throw OsError(action, path, "it is not a fifo", EEXIST);
    }
    give_to_owner(path, S_IFIFO, socket.settings);
    make_symlinks(socket, created);
    return out;
}

Fd bind_socket(const Socket& socket, const KernelAddress& address, Created& created) {
    const std::string place = address.place.empty() ? place_of(socket) : address.place;
    Fd out(checked(::socket(address.family(), kernel_type_of(socket.type) | SOCK_CLOEXEC, 0),
                   action, place));
    set_options(out.get(), address.family(), socket);
    const std::string path = path_of(socket);
    if (!path.empty()) {
        make_parents(path, socket.settings.directory_mode);
    }
    int error = bind_once(out.get(), address, socket.settings.mode);
    if (error == EADDRINUSE && is_of_type(path, S_IFSOCK) && !is_served(socket)) {
        ::unlink(path.c_str());
        error = bind_once(out.get(), address, socket.settings.mode);
    }
    if (error != 0) {
        throw OsError(action, place, error);
    }
    if (!path.empty()) {
        created.add(path);
        give_to_owner(path, S_IFSOCK, socket.settings);
        make_symlinks(socket, created);
    }
    constexpr unsigned most = std::numeric_limits<int>::max();
    if (has_connections(socket.type)) {
        checked(::listen(out.get(), static_cast<int>(std::min(socket.settings.backlog, most))),
                action, place);
    }
    return out;
}

} // namespace

Fd listen_on(const Socket& socket) {
    Created created;
    Fd out = socket.type == SocketType::fifo
                 ? open_fifo(socket, created)
                 : bind_socket(socket, kernel_address(socket.address), created);
    created.keep();
    return out;
}

void remove_socket(const Socket& socket) {
    const std::string path = path_of(socket);
    if (path.empty()) {
        return;
    }
    if (is_of_type(path, socket.type == SocketType::fifo ? S_IFIFO : S_IFSOCK)) {
        ::unlink(path.c_str());
    }
    for (const std::string& link : socket.settings.symlinks) {
        if (is_of_type(link, S_IFLNK)) {
            ::unlink(link.c_str());
        }
    }
}

} // namespace amphid
