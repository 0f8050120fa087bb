// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/signal_name.h"
#include "base/text.h"
#include "config/reading.h"

#include <csignal>

namespace amphid {

std::optional<Refusal> read_value(const Value& value, Signal& out) {
    std::optional<int> signal;
    if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
        signal = parse_signal(concat(*number));
    } else if (const auto* text = text_in(value)) {
        signal = parse_signal(*text);
    } else {
        return wrong_kind(value, looks_like(out));
    }
    if (!signal) {
        const auto* text = text_in(value);
        const std::string near = text == nullptr ? "" : nearest_signal(*text);
        return Refusal{concat("expected ", looks_like(out),
                              text == nullptr ? "" : concat(", got '", *text, '\''),
                              near.empty() ? "" : concat("; did you mean '", near, "'?")),
                       value.at};
    }
    out.number = *signal;
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, SignalRewrites& out) {
    const auto* table = std::get_if<Table>(&value.data);
    if (table == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    SignalRewrites read;
    for (const Member& member : *table) {
        Signal from;
        if (auto refusal = read_value(Value{member.key, member.at}, from)) {
            return refusal;
        }
        for (const int own : {SIGKILL, SIGSTOP, SIGCHLD, SIGCONT}) {
            if (from.number == own) {
                return Refusal{concat(signal_name(own), " cannot be taken for another signal"),
                               member.at};
            }
        }
        Signal to;
        const auto* name = text_in(member.value);
        if (const bool drops = name != nullptr && name->empty(); !drops) {
            if (auto refusal = read_value(member.value, to)) {
                return refusal;
            }
        }
        read.pairs.push_back({from.number, to.number});
    }
    out = std::move(read);
    return std::nullopt;
}

} // namespace amphid
