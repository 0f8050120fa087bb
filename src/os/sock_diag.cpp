// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/sock_diag.h"

#include "os/cgroup.h"
#include "os/fd.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace amphid {

namespace {

constexpr std::uint16_t attribute_cgroup = 21; // INET_DIAG_CGROUP_ID, Linux 5.7
constexpr std::uint16_t attribute_v6_only = INET_DIAG_SKV6ONLY;
constexpr std::uint16_t attribute_unix_uid = 7; // UNIX_DIAG_UID, Linux 5.3
constexpr std::uint32_t show_unix_uid = 0x40;   // UDIAG_SHOW_UID

/// The attributes that follow a message's fixed part.
template <class F>
void for_each_attribute(const nlmsghdr& header, std::size_t fixed, F&& visit) {
    const auto* at = reinterpret_cast<const char*>(&header) + NLMSG_SPACE(fixed);
    const auto* end = reinterpret_cast<const char*>(&header) + header.nlmsg_len;
    while (end - at >= static_cast<std::ptrdiff_t>(sizeof(rtattr))) {
        rtattr attribute{};
        std::memcpy(&attribute, at, sizeof attribute);
        if (attribute.rta_len < sizeof attribute || at + attribute.rta_len > end) {
            return;
        }
        visit(attribute.rta_type, at + RTA_LENGTH(0), attribute.rta_len - RTA_LENGTH(0));
        at += RTA_ALIGN(attribute.rta_len);
    }
}

/// The kernel also reports the root if it does not know (before Linux 5.15 next to version 1).
std::optional<std::uint64_t> read_cgroup(const char* data) {
    std::uint64_t id = 0;
    std::memcpy(&id, data, sizeof id);
    return id == root_cgroup_id ? std::nullopt : std::optional(id);
}

/// Sends the request and calls `visit` for each answer; false if the kernel refuses.
template <class Request, class F>
bool dump(const Request& request, F&& visit) {
    const Fd netlink(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!netlink || ::send(netlink.get(), &request, sizeof request, 0) < 0) {
        return false;
    }
    alignas(nlmsghdr) std::array<char, 32768> buffer;
    for (;;) {
        const ssize_t n = ::recv(netlink.get(), buffer.data(), buffer.size(), 0);
        if (n <= 0) {
            return false;
        }
        auto left = static_cast<unsigned>(n);
        for (auto* header = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(header, left);
             header = NLMSG_NEXT(header, left)) {
            if (header->nlmsg_type == NLMSG_DONE) {
                return true;
            }
            if (header->nlmsg_type == NLMSG_ERROR) {
                return false;
            }
            visit(*header);
        }
    }
}

struct InetRequest {
    nlmsghdr header;
    inet_diag_req_v2 body;
};

bool dump_inet(const Endpoint& endpoint, bool v6, std::vector<Listener>& out) {
    const bool tcp = endpoint.kind == Endpoint::Kind::tcp;
    InetRequest request{};
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.body.sdiag_family = v6 ? AF_INET6 : AF_INET;
    request.body.sdiag_protocol = tcp ? IPPROTO_TCP : IPPROTO_UDP;
    // An unconnected UDP socket is "closed".
    request.body.idiag_states = 1U << (tcp ? TCP_LISTEN : TCP_CLOSE);
    return dump(request, [&](const nlmsghdr& header) {
        inet_diag_msg message{};
        std::memcpy(&message, NLMSG_DATA(&header), sizeof message);
        if (ntohs(message.id.idiag_sport) != endpoint.port) {
            return;
        }
        IpAddress bound;
        bound.is_v6 = v6;
        std::memcpy(bound.bytes.data(), message.id.idiag_src, v6 ? 16 : 4);
        Listener listener{message.idiag_inode, message.idiag_uid, {}};
        bool v6_only = false;
        for_each_attribute(header, sizeof message,
                           [&](std::uint16_t type, const char* data, std::size_t size) {
                               if (type == attribute_cgroup && size == sizeof(std::uint64_t)) {
                                   listener.cgroup = read_cgroup(data);
                               } else if (type == attribute_v6_only && size == 1) {
                                   v6_only = *data != 0;
                               }
                           });
        if (serves(endpoint, bound, v6_only)) {
            out.push_back(listener);
        }
    });
}

struct UnixRequest {
    nlmsghdr header;
    unix_diag_req body;
};

bool dump_unix(const Endpoint& endpoint, std::vector<Listener>& out) {
    UnixRequest request{};
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.body.sdiag_family = AF_UNIX;
    request.body.udiag_states = (1U << TCP_LISTEN) | (1U << TCP_CLOSE);
    request.body.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | show_unix_uid;
    struct stat file {};
    const bool abstract = endpoint.path.front() == '@';
    if (!abstract && ::stat(endpoint.path.c_str(), &file) < 0) {
        return true; // not bound yet
    }
    return dump(request, [&](const nlmsghdr& header) {
        unix_diag_msg message{};
        std::memcpy(&message, NLMSG_DATA(&header), sizeof message);
        Listener listener{message.udiag_ino, {}, {}};
        // A stream socket that is only bound does not listen.
        bool here = false;
        for_each_attribute(
            header, sizeof message, [&](std::uint16_t type, const char* data, std::size_t size) {
                if (type == UNIX_DIAG_NAME) {
                    std::string name(data, size);
                    if (name.starts_with('\0')) {
                        name.front() = '@';
                    }
                    here = here || name.c_str() == endpoint.path;
                } else if (type == UNIX_DIAG_VFS && !abstract && size >= sizeof(unix_diag_vfs)) {
                    // The name may be relative to the service's directory.
                    unix_diag_vfs vfs{};
                    std::memcpy(&vfs, data, sizeof vfs);
                    const dev_t device =
                        ::makedev(vfs.udiag_vfs_dev >> 20, vfs.udiag_vfs_dev & 0xfffff);
                    here = here || (vfs.udiag_vfs_ino == static_cast<std::uint32_t>(file.st_ino) &&
                                    device == file.st_dev);
                } else if (type == attribute_unix_uid && size == sizeof(std::uint32_t)) {
                    std::memcpy(&listener.uid.emplace(), data, size);
                }
            });
        const bool waits = message.udiag_state == TCP_LISTEN || message.udiag_type == SOCK_DGRAM;
        if (here && waits) {
            out.push_back(listener);
        }
    });
}

} // namespace

bool serves(const Endpoint& endpoint, const IpAddress& bound, bool v6_only) {
    if (endpoint.host.empty()) {
        return true;
    }
    for (const IpAddress& wanted : addresses_of(endpoint)) {
        const bool any =
            bound.is_any() && (bound.is_v6 == wanted.is_v6 || (bound.is_v6 && !v6_only));
        if (any || bound == wanted) {
            return true;
        }
    }
    return false;
}

std::optional<std::vector<Listener>> listeners_by_sock_diag(const Endpoint& endpoint) {
    std::vector<Listener> out;
    const bool ok = endpoint.kind == Endpoint::Kind::unix_socket
                        ? dump_unix(endpoint, out)
                        : dump_inet(endpoint, false, out) && dump_inet(endpoint, true, out);
    return ok ? std::optional(std::move(out)) : std::nullopt;
}

} // namespace amphid
