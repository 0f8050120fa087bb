// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/reading.h"

#include <cstdint>
#include <utility>

namespace amphid {

namespace {

/// systemd's names, and the IPTOS_* of ip(7) that they stand for.
constexpr std::pair<std::string_view, int> services[] = {
    {"low-delay", 0x10}, {"throughput", 0x08}, {"reliability", 0x04}, {"low-cost", 0x02}};

} // namespace

std::string looks_like(const SocketAddress&) {
    return "a port, \"IPV4:PORT\", \"[IPV6]:PORT\", an absolute path or \"@abstract\"";
}
std::string looks_like(const TypeOfService&) {
    return "a number from 0 to 255, or one of low-delay, throughput, reliability, low-cost";
}

std::string print_value(const SocketAddress& value) {
    return json_string(text_of(value));
}
std::string print_value(const TypeOfService& value) {
    return value.value ? concat(*value.value) : std::string();
}

std::optional<Refusal> read_value(const Value& value, SocketAddress& out) {
    const auto* number = std::get_if<std::int64_t>(&value.data);
    const auto* text = text_in(value);
    if (number == nullptr && text == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    auto parsed = parse_socket_address(number != nullptr ? concat(*number) : *text);
    if (auto* wrong = std::get_if<std::string>(&parsed)) {
        return Refusal{std::move(*wrong), value.at};
    }
    out = std::move(std::get<SocketAddress>(parsed));
    Path path;
    return out.path.starts_with('/') ? read_value(value, path) : std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, TypeOfService& out) {
    const auto* number = std::get_if<std::int64_t>(&value.data);
    const auto* text = text_in(value);
    if (number == nullptr && text == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    for (const auto& [name, bits] : services) {
        if (text != nullptr && *text == name) {
            out.value = bits;
            return std::nullopt;
        }
    }
    const auto bits =
        number != nullptr ? std::optional(*number) : parse_number<std::int64_t>(*text);
    if (!bits || *bits < 0 || *bits > 255) {
        return Refusal{concat("expected ", looks_like(out), ", got ",
                              number != nullptr ? concat(*number) : concat('\'', *text, '\'')),
                       value.at};
    }
    out.value = static_cast<int>(*bits);
    return std::nullopt;
}

} // namespace amphid
