// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace amphid {

/// The names of an enumeration, in the order of its enumerators, which count from 0. Written beside
/// the enumeration as `constexpr auto enum_names(E) { return names_up_to<E::last>("a", "b"); }`; a
/// missing or an extra name does not compile.
template <auto last, class... Names>
constexpr auto names_up_to(Names... names) {
    static_assert(sizeof...(Names) == static_cast<std::size_t>(last) + 1);
    return std::array<std::string_view, sizeof...(Names)>{names...};
}

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E e) {
    enum_names(e).size();
};

template <NamedEnum E>
constexpr std::string_view name_of(E e) {
    return enum_names(e)[static_cast<std::size_t>(e)];
}

/// All enumerators, in order.
template <NamedEnum E>
constexpr auto every() {
    std::array<E, enum_names(E{}).size()> out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<E>(i);
    }
    return out;
}

template <NamedEnum E>
constexpr std::optional<E> from_name(std::string_view text) {
    constexpr auto names = enum_names(E{});
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == text) {
            return static_cast<E>(i);
        }
    }
    return std::nullopt;
}

} // namespace amphid
