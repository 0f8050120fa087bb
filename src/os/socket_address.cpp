// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/socket_address.h"

#include "base/text.h"
#include "os/fd.h"
#include "os/os_error.h"
#include "os/unix_address.h"

#include <cstring>
#include <net/if.h>
#include <netinet/in.h>

namespace amphid {

namespace {

KernelAddress ipv4_address(const IpAddress& ip, std::uint16_t port) {
    KernelAddress out;
    auto* to = reinterpret_cast<sockaddr_in*>(&out.storage);
    to->sin_family = AF_INET;
    to->sin_port = htons(port);
    std::memcpy(&to->sin_addr, ip.bytes.data(), sizeof to->sin_addr);
    out.length = sizeof *to;
    return out;
}

std::uint32_t index_of(const std::string& interface) {
    if (interface.empty()) {
        return 0;
    }
    const auto number = parse_number<std::uint32_t>(interface);
    const std::uint32_t index = number ? *number : ::if_nametoindex(interface.c_str());
    if (index == 0) {
        throw OsError("cannot use the interface", interface);
    }
    return index;
}

KernelAddress ipv6_address(const IpAddress& ip, std::uint16_t port, const std::string& scope) {
    KernelAddress out;
    auto* to = reinterpret_cast<sockaddr_in6*>(&out.storage);
    to->sin6_family = AF_INET6;
    to->sin6_port = htons(port);
    to->sin6_scope_id = index_of(scope);
    std::memcpy(&to->sin6_addr, ip.bytes.data(), sizeof to->sin6_addr);
    out.length = sizeof *to;
    return out;
}

bool kernel_has_ipv6() {
    return static_cast<bool>(Fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0))) ||
           errno != EAFNOSUPPORT;
}

} // namespace

KernelAddress kernel_address(const SocketAddress& address) {
    if (address.kind == SocketAddress::Kind::unix_socket) {
        const UnixAddress to = unix_address(address.path);
        KernelAddress out;
        std::memcpy(&out.storage, &to.address, sizeof to.address);
        out.length = to.length;
        return out;
    }
    if (address.kind == SocketAddress::Kind::any_host) {
        if (kernel_has_ipv6()) {
            return ipv6_address(IpAddress{{}, true}, address.port, {});
        }
        KernelAddress out = ipv4_address(IpAddress(), address.port);
        out.place = concat("0.0.0.0:", address.port);
        return out;
    }
    return address.ip.is_v6 ? ipv6_address(address.ip, address.port, address.scope)
                            : ipv4_address(address.ip, address.port);
}

bool is_same_address(const KernelAddress& a, const KernelAddress& b) {
    return a.length == b.length && std::memcmp(&a.storage, &b.storage, a.length) == 0;
}

} // namespace amphid
