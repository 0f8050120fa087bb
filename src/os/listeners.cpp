// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/listeners.h"

#include "base/text.h"
#include "os/files.h"
#include "os/sock_diag.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>

namespace amphid {

namespace {

/// Splits a line of /proc/net at blanks.
std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> out;
    for (const std::string_view word : split(line, ' ')) {
        if (!word.empty()) {
            out.push_back(word);
        }
    }
    return out;
}

std::optional<std::uint32_t> parse_hex(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value)
                                                                    : std::nullopt;
}

/// "0100007F:1F90": each word of the address in host byte order.
bool read_address(std::string_view text, IpAddress& address, std::uint16_t& port) {
    const auto colon = text.find(':');
    if (colon != 8 && colon != 32) {
        return false;
    }
    address.is_v6 = colon == 32;
    for (std::size_t i = 0; i < colon / 8; ++i) {
        const auto word = parse_hex(text.substr(i * 8, 8));
        if (!word) {
            return false;
        }
        std::memcpy(address.bytes.data() + i * 4, &*word, sizeof *word);
    }
    const auto number = parse_hex(text.substr(colon + 1));
    port = static_cast<std::uint16_t>(number.value_or(0));
    return number.has_value();
}

constexpr std::size_t most_of_proc_net = std::size_t{64} << 20;

bool read_inet(const char* path, const Endpoint& endpoint, std::vector<Listener>& out) {
    const auto text = read_small_file(AT_FDCWD, path, most_of_proc_net);
    if (!text) {
        return false;
    }
    const std::string_view wanted = endpoint.kind == Endpoint::Kind::tcp ? "0A" : "07";
    for (const std::string_view line : split(*text, '\n')) {
        const auto words = words_of(line);
        IpAddress bound;
        std::uint16_t port = 0;
        if (words.size() < 10 || words[3] != wanted || !read_address(words[1], bound, port) ||
            port != endpoint.port || !serves(endpoint, bound, false)) {
            continue;
        }
        const auto inode = parse_number<std::uint64_t>(words[9]);
        out.push_back({inode.value_or(0), parse_number<uid_t>(words[7]), {}});
    }
    return true;
}

bool read_unix(const Endpoint& endpoint, std::vector<Listener>& out) {
    const auto text = read_small_file(AT_FDCWD, "/proc/net/unix", most_of_proc_net);
    if (!text) {
        return false;
    }
    constexpr std::uint32_t accepts = 0x10000; // __SO_ACCEPTCON
    for (const std::string_view line : split(*text, '\n')) {
        const auto words = words_of(line);
        if (words.size() < 8 || !line.ends_with(concat(' ', endpoint.path))) {
            continue;
        }
        const bool datagram = words[4] == "0002";
        if (datagram || (parse_hex(words[3]).value_or(0) & accepts) != 0) {
            out.push_back({parse_number<std::uint64_t>(words[6]).value_or(0), {}, {}});
        }
    }
    return true;
}

} // namespace

std::optional<std::vector<Listener>> listeners_by_proc(const Endpoint& endpoint) {
    std::vector<Listener> out;
    bool ok = false;
    switch (endpoint.kind) {
    case Endpoint::Kind::tcp:
        ok = read_inet("/proc/net/tcp", endpoint, out);
        ok = read_inet("/proc/net/tcp6", endpoint, out) || ok;
        break;
    case Endpoint::Kind::udp:
        ok = read_inet("/proc/net/udp", endpoint, out);
        ok = read_inet("/proc/net/udp6", endpoint, out) || ok;
        break;
    case Endpoint::Kind::unix_socket:
        ok = read_unix(endpoint, out);
        break;
    }
    return ok ? std::optional(std::move(out)) : std::nullopt;
}

std::vector<Listener> find_listeners(const Endpoint& endpoint) {
    auto found = listeners_by_sock_diag(endpoint);
    return found ? std::move(*found)
                 : listeners_by_proc(endpoint).value_or(std::vector<Listener>());
}

std::optional<bool> holds_socket(int pid, std::uint64_t inode) {
    const std::string directory = concat("/proc/", pid, "/fd");
    const std::string wanted = concat("socket:[", inode, ']');
    errno = 0;
    const auto names = names_in(directory);
    bool refused = names.empty() && (errno == EACCES || errno == EPERM);
    for (const std::string& name : names) {
        std::array<char, 64> target;
        const ssize_t n =
            ::readlink(concat(directory, '/', name).c_str(), target.data(), target.size());
        refused = refused || (n < 0 && errno == EACCES);
        if (n > 0 && std::string_view(target.data(), static_cast<std::size_t>(n)) == wanted) {
            return true;
        }
    }
    return refused ? std::nullopt : std::optional(false);
}

std::string name_holder(std::uint64_t inode) {
    for (const std::string& name : names_in("/proc")) {
        const auto pid = parse_number<int>(name);
        if (pid && holds_socket(*pid, inode).value_or(false)) {
            auto comm = read_small_file(AT_FDCWD, concat("/proc/", *pid, "/comm").c_str());
            while (comm && !comm->empty() && comm->back() == '\n') {
                comm->pop_back();
            }
            return concat("PID ", *pid, " (", comm.value_or("?"), ')');
        }
    }
    return {};
}

} // namespace amphid
