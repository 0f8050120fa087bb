// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/socket_rules.h"

#include "base/text.h"
#include "config/rules.h"
#include "config/schema.h"
#include "plan/notification.h"

#include <algorithm>

namespace amphid {

namespace {

using Found = std::optional<Diagnostic>;

/// One [[socket]] with the place of its keys.
struct Subject {
    const Config& config;
    const SocketTable& table;
    std::string origin;

    Found error(std::string_view key, std::string message) const {
        const std::string whole = concat(origin, '.', key);
        return error_at(config, key.empty() || !is_set(config, whole) ? origin : whole,
                        std::move(message));
    }
};

std::size_t count(const SocketTable& table) {
    return table.listen_stream.list.size() + table.listen_datagram.list.size() +
           table.listen_sequential_packet.list.size() + table.listen_fifo.list.size();
}

Found it_listens(const Subject& subject) {
    if (count(subject.table) > 0) {
        return std::nullopt;
    }
    return subject.error("", "[[socket]] has no address: set listen-stream, listen-datagram, "
                             "listen-sequential-packet or listen-fifo");
}

Found packets_are_for_unix_sockets(const Subject& subject) {
    const auto& list = subject.table.listen_sequential_packet.list;
    const auto found = std::find_if(list.begin(), list.end(), [](const SocketAddress& address) {
        return address.kind != SocketAddress::Kind::unix_socket;
    });
    if (found == list.end()) {
        return std::nullopt;
    }
    return subject.error("listen-sequential-packet",
                         concat("listen-sequential-packet: '", text_of(*found),
                                "' is not a unix socket: expected a path or @abstract"));
}

Found name_is_valid(const Subject& subject) {
    const std::string& name = subject.table.file_descriptor_name;
    if (name.empty() || is_descriptor_name(name)) {
        return std::nullopt;
    }
    return subject.error("file-descriptor-name",
                         concat("file-descriptor-name: expected at most 255 ASCII characters "
                                "without ':' and control characters, got '",
                                printable(name), '\''));
}

std::size_t number_of_paths(const SocketTable& table) {
    std::size_t out = table.listen_fifo.list.size();
    for (const auto* list :
         {&table.listen_stream, &table.listen_datagram, &table.listen_sequential_packet}) {
        out += static_cast<std::size_t>(
            std::count_if(list->list.begin(), list->list.end(),
                          [](const auto& address) { return address.path.starts_with('/'); }));
    }
    return out;
}

/// systemd refuses it as well: the link could point to one of them only.
Found symlinks_have_one_target(const Subject& subject) {
    if (subject.table.symlinks.list.empty() || number_of_paths(subject.table) == 1) {
        return std::nullopt;
    }
    return subject.error("symlinks", "symlinks: the table must have exactly one unix socket in the "
                                     "file system, or one fifo");
}

std::vector<std::string> addresses_of(const SocketTable& table) {
    std::vector<std::string> out;
    const auto add = [&](std::string_view type, const OneOrMore<SocketAddress>& list) {
        for (const SocketAddress& address : list.list) {
            const bool path = address.path.starts_with('/');
            out.push_back(path ? address.path : concat(type, ' ', text_of(address)));
        }
    };
    add("stream", table.listen_stream);
    add("datagram", table.listen_datagram);
    add("sequential packets", table.listen_sequential_packet);
    for (const Path& path : table.listen_fifo.list) {
        out.push_back(path.text);
    }
    return out;
}

Found addresses_differ(const Config& config) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < config.sockets.size(); ++i) {
        for (std::string& address : addresses_of(config.sockets[i])) {
            if (std::find(known.begin(), known.end(), address) != known.end()) {
                return error_at(
                    config, origin_of_socket(i),
                    concat("[[socket]]: two sockets with the address '", address, '\''));
            }
            known.push_back(std::move(address));
        }
    }
    return std::nullopt;
}

} // namespace

std::size_t number_of_sockets(const Config& config) {
    std::size_t out = 0;
    for (const SocketTable& table : config.sockets) {
        out += count(table);
    }
    return out;
}

std::vector<Diagnostic> check_socket_rules(const Config& config) {
    std::vector<Diagnostic> out;
    for (std::size_t i = 0; i < config.sockets.size(); ++i) {
        const Subject subject{config, config.sockets[i], origin_of_socket(i)};
        for (const auto rule :
             {it_listens, packets_are_for_unix_sockets, name_is_valid, symlinks_have_one_target}) {
            if (Found found = rule(subject)) {
                out.push_back(std::move(*found));
            }
        }
    }
    if (Found found = addresses_differ(config)) {
        out.push_back(std::move(*found));
    }
    return out;
}

} // namespace amphid
