// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"

#include <type_traits>
#include <utility>

namespace amphid {

// How a drop-in changes a value set by an earlier file, as in systemd: lists are extended,
// everything else is replaced.

template <class T>
concept AddsToList = requires(T value) {
    value.list;
}
&&!std::is_same_v<T, StartCommands>;

/// Types that a later file extends.
template <class T>
constexpr bool is_added_to = AddsToList<T>;
template <>
inline constexpr bool is_added_to<ExitStatusSet> = true;
template <>
inline constexpr bool is_added_to<SecureBits> = true;
template <>
inline constexpr bool is_added_to<std::optional<CapabilitySet>> = true;
template <>
inline constexpr bool is_added_to<std::optional<CpuSet>> = true;

template <class T>
void add_value(T& into, std::type_identity_t<T>&& more) {
    into = std::move(more);
}

template <AddsToList T>
void add_value(T& into, std::type_identity_t<T>&& more) {
    into.list.insert(into.list.end(), std::make_move_iterator(more.list.begin()),
                     std::make_move_iterator(more.list.end()));
}

inline void add_value(Assignments& into, Assignments&& more) {
    for (const std::string& assignment : more.list) {
        const auto equals = assignment.find('=');
        set_variable(into.list, std::string_view(assignment).substr(0, equals),
                     std::string_view(assignment).substr(equals + 1));
    }
}

inline void add_value(ExitStatusSet& into, ExitStatusSet&& more) {
    into.codes.insert(into.codes.end(), more.codes.begin(), more.codes.end());
    into.signals.insert(into.signals.end(), more.signals.begin(), more.signals.end());
}

inline void add_value(SecureBits& into, SecureBits&& more) {
    into.bits |= more.bits;
}

inline void add_value(std::optional<CpuSet>& into, std::optional<CpuSet>&& more) {
    for (std::size_t i = 0; into && more && i < into->words.size(); ++i) {
        into->words[i] |= more->words[i];
    }
    into = into ? into : more;
}

/// The highest bit, which stands for no capability, is set if the list began with "~".
inline void add_value(std::optional<CapabilitySet>& into, std::optional<CapabilitySet>&& more) {
    if (!into || !more) {
        into = more ? more : into;
    } else if ((more->bits >> 63) != 0) {
        into->bits &= more->bits;
    } else {
        into->bits |= more->bits;
    }
}

} // namespace amphid
