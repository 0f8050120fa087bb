// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/text.h"
#include "config/config.h"
#include "config/value.h"

#include <optional>
#include <string>

namespace amphid {

/// Output that is also copied to the console (systemd.exec(5), StandardOutput=).
constexpr std::string_view console_suffix = "+console";

/// Why a value is refused, and at which position.
struct Refusal {
    std::string message;
    Position at;
};

/// Any text without NUL, which no kernel interface can carry; null for anything else.
const std::string* text_in(const Value& value);

// For each type that a key can have: how it is read from the file, its description ("a time span"),
// and how it is printed as TOML, empty for "not set". A refused value leaves `out` unchanged.

std::optional<Refusal> read_value(const Value& value, UnitNames& out);
std::optional<Refusal> read_value(const Value& value, Uris& out);
std::optional<Refusal> read_value(const Value& value, ConditionList& out);
std::optional<Refusal> read_value(const Value& value, std::string& out);
std::optional<Refusal> read_value(const Value& value, Path& out);
std::optional<Refusal> read_value(const Value& value, bool& out);
std::optional<Refusal> read_value(const Value& value, unsigned& out);
std::optional<Refusal> read_value(const Value& value, TimeSpan& out);
std::optional<Refusal> read_value(const Value& value, StartCommands& out);
std::optional<Refusal> read_value(const Value& value, Commands& out);
std::optional<Refusal> read_value(const Value& value, Signal& out);
std::optional<Refusal> read_value(const Value& value, SignalRewrites& out);
std::optional<Refusal> read_value(const Value& value, FileMode& out);
std::optional<Refusal> read_value(const Value& value, Assignments& out);
std::optional<Refusal> read_value(const Value& value, Output& out);
std::optional<Refusal> read_value(const Value& value, ExitStatusSet& out);

std::string looks_like(const UnitNames&);
std::string looks_like(const Uris&);
std::string looks_like(const ConditionList&);
// [ready], [health] and [log]
std::optional<Refusal> read_value(const Value& value, Command& out);
std::optional<Refusal> read_value(const Value& value, Endpoint& out);
std::optional<Refusal> read_value(const Value& value, HttpCheck& out);
std::optional<Refusal> read_value(const Value& value, Pattern& out);
std::optional<Refusal> read_value(const Value& value, BusName& out);
std::optional<Refusal> read_value(const Value& value, ByteSize& out);
std::string looks_like(const Command&);
std::string looks_like(const Endpoint&);
std::string looks_like(const HttpCheck&);
std::string looks_like(const Pattern&);
std::string looks_like(const BusName&);
std::string looks_like(const ByteSize&);
std::string print_value(const Command& value);
std::string print_value(const Endpoint& value);
std::string print_value(const HttpCheck& value);
std::string print_value(const Pattern& value);
std::string print_value(const BusName& value);
std::string print_value(const ByteSize& value);

std::string looks_like(const std::string&);
std::string looks_like(const Path&);
std::string looks_like(const bool&);
std::string looks_like(const unsigned&);
std::string looks_like(const TimeSpan&);
std::string looks_like(const StartCommands&);
std::string looks_like(const Commands&);
std::string looks_like(const Signal&);
std::string looks_like(const SignalRewrites&);
std::string looks_like(const FileMode&);
std::string looks_like(const Assignments&);
std::string looks_like(const Output&);
std::string looks_like(const ExitStatusSet&);

std::string print_value(const UnitNames& value);
std::string print_value(const Uris& value);
std::string print_value(const ConditionList& value);
std::string print_value(const std::string& value);
std::string print_value(const Path& value);
std::string print_value(const bool& value);
std::string print_value(const unsigned& value);
std::string print_value(const TimeSpan& value);
std::string print_value(const StartCommands& value);
std::string print_value(const Commands& value);
std::string print_value(const Signal& value);
std::string print_value(const SignalRewrites& value);
std::string print_value(const FileMode& value);
std::string print_value(const Assignments& value);
std::string print_value(const Output& value);
std::string print_value(const ExitStatusSet& value);

// systemd.exec(5).
std::optional<Refusal> read_value(const Value& value, Account& out);
std::optional<Refusal> read_value(const Value& value, Names& out);
std::optional<Refusal> read_value(const Value& value, CapabilitySet& out);
std::optional<Refusal> read_value(const Value& value, SecureBits& out);
std::optional<Refusal> read_value(const Value& value, LimitSetting& out);
std::optional<Refusal> read_value(const Value& value, Number& out);
std::optional<Refusal> read_value(const Value& value, CpuSet& out);
std::optional<Refusal> read_value(const Value& value, Nanoseconds& out);
std::optional<Refusal> read_value(const Value& value, EnvironmentFiles& out);
std::optional<Refusal> read_value(const Value& value, DirectoryNames& out);
std::optional<Refusal> read_value(const Value& value, Input& out);
std::optional<Refusal> read_value(const Value& value, WorkingDirectory& out);
std::optional<Refusal> read_value(const Value& value, SystemCalls& out);
std::optional<Refusal> read_value(const Value& value, AddressFamilies& out);
std::optional<Refusal> read_value(const Value& value, NamespaceKinds& out);
std::optional<Refusal> read_value(const Value& value, ArchitectureNames& out);
std::optional<Refusal> read_value(const Value& value, CallError& out);
std::string looks_like(const Account&);
std::string looks_like(const Names&);
std::string looks_like(const CapabilitySet&);
std::string looks_like(const SecureBits&);
std::string looks_like(const LimitSetting&);
std::string looks_like(const Number&);
std::string looks_like(const CpuSet&);
std::string looks_like(const Nanoseconds&);
std::string looks_like(const EnvironmentFiles&);
std::string looks_like(const DirectoryNames&);
std::string looks_like(const Input&);
std::string looks_like(const WorkingDirectory&);
std::string looks_like(const SystemCalls&);
std::string looks_like(const AddressFamilies&);
std::string looks_like(const NamespaceKinds&);
std::string looks_like(const ArchitectureNames&);
std::string looks_like(const CallError&);
std::string print_value(const Account& value);
std::string print_value(const Names& value);
std::string print_value(const CapabilitySet& value);
std::string print_value(const SecureBits& value);
std::string print_value(const LimitSetting& value);
std::string print_value(const Number& value);
std::string print_value(const CpuSet& value);
std::string print_value(const Nanoseconds& value);
std::string print_value(const EnvironmentFiles& value);
std::string print_value(const DirectoryNames& value);
std::string print_value(const Input& value);
std::string print_value(const WorkingDirectory& value);
std::string print_value(const SystemCalls& value);
std::string print_value(const AddressFamilies& value);
std::string print_value(const NamespaceKinds& value);
std::string print_value(const ArchitectureNames& value);
std::string print_value(const CallError& value);

// [[socket]]
std::optional<Refusal> read_value(const Value& value, SocketAddress& out);
std::optional<Refusal> read_value(const Value& value, TypeOfService& out);
std::string looks_like(const SocketAddress&);
std::string looks_like(const TypeOfService&);
std::string print_value(const SocketAddress& value);
std::string print_value(const TypeOfService& value);

/// For keys that take one value or a list: calls `read` for each element, or for the value itself,
/// and stops at the first refusal.
template <class Read>
std::optional<Refusal> read_one_or_each(const Value& value, Read read) {
    const auto* array = std::get_if<Array>(&value.data);
    if (array == nullptr) {
        return read(value);
    }
    for (const Value& element : *array) {
        if (auto refusal = read(element)) {
            return refusal;
        }
    }
    return std::nullopt;
}

/// "expected X, got Y" for a value of the wrong kind.
Refusal wrong_kind(const Value& value, std::string_view expected);

/// "unknown word", with the nearest valid one.
Refusal wrong_word(const Value& value, std::string_view word,
                   std::span<const std::string_view> words);

template <NamedEnum E>
std::string looks_like(const E& e) {
    std::string out = "one of";
    for (const std::string_view name : enum_names(e)) {
        out += concat(out.back() == 'f' ? " " : ", ", name);
    }
    return out;
}

template <NamedEnum E>
std::optional<Refusal> read_value(const Value& value, E& out) {
    const auto* word = std::get_if<std::string>(&value.data);
    if (word == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    const auto read = from_name<E>(*word);
    if (!read) {
        constexpr auto names = enum_names(E{});
        return wrong_word(value, *word, names);
    }
    out = *read;
    return std::nullopt;
}

template <NamedEnum E>
std::string print_value(const E& value) {
    return json_string(name_of(value));
}

template <class T>
std::optional<Refusal> read_value(const Value& value, OneOrMore<T>& out) {
    const auto* array = std::get_if<Array>(&value.data);
    OneOrMore<T> read;
    for (const Value& element : array == nullptr ? Array{value} : *array) {
        if (auto refusal = read_value(element, read.list.emplace_back())) {
            return refusal;
        }
    }
    out = std::move(read);
    return std::nullopt;
}

template <class T>
std::string looks_like(const OneOrMore<T>&) {
    return concat(looks_like(T{}), "; or a list of these");
}

template <class T>
std::string print_value(const OneOrMore<T>& value) {
    std::string out;
    for (const T& element : value.list) {
        out += concat(out.empty() ? "" : ", ", print_value(element));
    }
    return value.list.size() > 1 ? concat('[', out, ']') : out;
}

template <class T>
std::optional<Refusal> read_value(const Value& value, std::optional<T>& out) {
    T read{};
    auto refusal = read_value(value, read);
    if (!refusal) {
        out = std::move(read);
    }
    return refusal;
}

template <class T>
std::string looks_like(const std::optional<T>&) {
    return looks_like(T{});
}

template <class T>
std::string print_value(const std::optional<T>& value) {
    return value ? print_value(*value) : std::string();
}

} // namespace amphid
