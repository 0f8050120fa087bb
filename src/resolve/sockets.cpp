// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/sockets.h"

#include "base/text.h"

#include <algorithm>

namespace amphid {

namespace {

SocketSettings settings_of(const SocketTable& table, const std::string& service) {
    SocketSettings out;
    out.name = table.file_descriptor_name.empty() ? default_socket_name(service)
                                                  : table.file_descriptor_name;
    out.backlog = table.backlog;
    out.mode = table.socket_mode.bits;
    out.directory_mode = table.directory_mode.bits;
    out.user = table.socket_user;
    out.group = table.socket_group;
    out.reuse_port = table.reuse_port;
    out.bind_ipv6_only = table.bind_ipv6_only;
    out.free_bind = table.free_bind;
    out.transparent = table.transparent;
    out.no_delay = table.no_delay;
    out.keep_alive = table.keep_alive;
    out.ip_tos = table.ip_tos.value;
    out.receive_buffer = table.receive_buffer.bytes;
    out.send_buffer = table.send_buffer.bytes;
    out.pass_credentials = table.pass_credentials;
    out.remove_on_stop = table.remove_on_stop;
    for (const Path& path : table.symlinks.list) {
        out.symlinks.push_back(path.text);
    }
    return out;
}

void add(const SocketTable& table, const SocketSettings& settings, std::vector<Socket>& out) {
    const std::pair<SocketType, const OneOrMore<SocketAddress>&> lists[] = {
        {SocketType::stream, table.listen_stream},
        {SocketType::datagram, table.listen_datagram},
        {SocketType::sequential_packet, table.listen_sequential_packet}};
    for (const auto& [type, addresses] : lists) {
        for (const SocketAddress& address : addresses.list) {
            out.push_back({type, address, settings});
        }
    }
    for (const Path& path : table.listen_fifo.list) {
        SocketAddress address;
        address.kind = SocketAddress::Kind::unix_socket;
        address.path = path.text;
        out.push_back({SocketType::fifo, address, settings});
    }
}

} // namespace

std::string default_socket_name(std::string_view service) {
    return concat(service, ".socket");
}

std::vector<Socket> sockets_of(const Config& config, const std::string& service) {
    std::vector<Socket> out;
    for (const SocketTable& table : config.sockets) {
        add(table, settings_of(table, service), out);
    }
    return out;
}

void leave_passed_sockets(Plan& plan, const std::vector<std::string>& given) {
    const auto is_passed = [&](const Socket& socket) {
        return std::find(given.begin(), given.end(), socket.settings.name) != given.end();
    };
    plan.sockets.erase(std::remove_if(plan.sockets.begin(), plan.sockets.end(), is_passed),
                       plan.sockets.end());
}

} // namespace amphid
