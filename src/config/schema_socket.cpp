// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/schema.h"

#include "base/text.h"
#include "config/packed_keys.h"

namespace amphid {

namespace {

using enum Applies;

// In a generated unit they are directives of NAME.socket.
constexpr Key<SocketTable> socket_keys[] = {
    {"listen-stream", &SocketTable::listen_stream, "ListenStream", unit,
     "Addresses to listen on for connections: TCP, or a unix socket. A port alone is any address "
     "of this host, IPv6 and IPv4.",
     R"("[::]:80")"},
    {"listen-datagram", &SocketTable::listen_datagram, "ListenDatagram", unit,
     "Addresses to receive datagrams on: UDP, or a unix socket.", R"("127.0.0.1:5353")"},
    {"listen-sequential-packet", &SocketTable::listen_sequential_packet, "ListenSequentialPacket",
     unit, "Unix sockets that keep the boundaries of messages.", R"("/run/web.packets")"},
    {"listen-fifo", &SocketTable::listen_fifo, "ListenFIFO", unit,
     "Named pipes (fifo(7)) to create and to read from.", R"("/run/web.fifo")"},
    {"file-descriptor-name", &SocketTable::file_descriptor_name, "FileDescriptorName", unit,
     "The name of these descriptors in LISTEN_FDNAMES; by default the name of the service with "
     "\".socket\". Descriptors that systemd passes under this name are used instead of new ones.",
     R"("http")"},
    {"backlog", &SocketTable::backlog, "Backlog", unit,
     "How many connections may wait to be accepted; the kernel lowers it to net.core.somaxconn.",
     R"(1024)"},
    {"socket-mode", &SocketTable::socket_mode, "SocketMode", unit,
     "The access mode of unix sockets and fifos, in octal.", R"("0660")"},
    {"socket-user", &SocketTable::socket_user, "SocketUser", unit,
     "The user who owns unix sockets and fifos. Needs root.", R"("www-data")"},
    {"socket-group", &SocketTable::socket_group, "SocketGroup", unit,
     "The group of unix sockets and fifos; by default the primary group of socket-user.",
     R"("www-data")"},
    {"directory-mode", &SocketTable::directory_mode, "DirectoryMode", unit,
     "The access mode of directories that are created for unix sockets and fifos.", R"("0750")"},
    {"reuse-port", &SocketTable::reuse_port, "ReusePort", unit,
     "Whether other sockets may listen on the same port (SO_REUSEPORT of socket(7)).", R"(true)"},
    {"bind-ipv6-only", &SocketTable::bind_ipv6_only, "BindIPv6Only", unit,
     "Whether an IPv6 socket serves IPv4, too: both, ipv6-only, or default, which is what "
     "/proc/sys/net/ipv6/bindv6only says.",
     R"("ipv6-only")"},
    {"free-bind", &SocketTable::free_bind, "FreeBind", unit,
     "Whether to listen on an address that this host does not have yet (IP_FREEBIND of ip(7)).",
     R"(true)"},
    {"transparent", &SocketTable::transparent, "Transparent", unit,
     "Whether to serve redirected traffic (IP_TRANSPARENT of ip(7)). Needs root.", R"(true)"},
    {"no-delay", &SocketTable::no_delay, "NoDelay", unit,
     "Whether to send small packets at once (TCP_NODELAY of tcp(7)).", R"(true)"},
    {"keep-alive", &SocketTable::keep_alive, "KeepAlive", unit,
     "Whether to probe idle connections (SO_KEEPALIVE of socket(7)).", R"(true)"},
    {"ip-tos", &SocketTable::ip_tos, "IPTOS", unit, "The type of service of IP packets.",
     R"("low-delay")"},
    {"receive-buffer", &SocketTable::receive_buffer, "ReceiveBuffer", unit,
     "The size of the receive buffer; 0 is the kernel's default.", R"("1M")"},
    {"send-buffer", &SocketTable::send_buffer, "SendBuffer", unit,
     "The size of the send buffer; 0 is the kernel's default.", R"("1M")"},
    {"pass-credentials", &SocketTable::pass_credentials, "PassCredentials", unit,
     "Whether unix sockets receive the credentials of senders (SO_PASSCRED of unix(7)).",
     R"(true)"},
    {"remove-on-stop", &SocketTable::remove_on_stop, "RemoveOnStop", unit,
     "Whether to remove unix sockets, fifos and their symlinks when the service is stopped.",
     R"(true)"},
    {"symlinks", &SocketTable::symlinks, "Symlinks", unit,
     "Symbolic links to create to the one unix socket or fifo of this table.",
     R"("/run/www.sock")"},
};

} // namespace

KeyList<SocketTable> keys_of(const SocketTable&) {
    return PackedKeys<socket_keys>::list();
}

std::string origin_of_socket(std::size_t index) {
    return concat(socket_table, '[', index, ']');
}

} // namespace amphid
