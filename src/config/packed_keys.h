// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/schema.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace amphid {

/// Makes the list of an array of Key while it is compiled; the array is in no program.
template <const auto& keys>
class PackedKeys {
    static constexpr std::size_t count = std::size(keys);
    using Table = typename std::remove_cvref_t<decltype(keys[0])>::Table;
    using Row = typename KeyList<Table>::Row;

    static constexpr std::size_t length = [] {
        std::size_t out = 0;
        for (const auto& key : keys) {
            out +=
                key.name.size() + key.directive.size() + key.sentence.size() + key.example.size();
        }
        return out;
    }();

    static constexpr std::array<char, length> text = [] {
        std::array<char, length> out{};
        std::size_t at = 0;
        for (const auto& key : keys) {
            for (const std::string_view part :
                 {key.name, key.directive, key.sentence, key.example}) {
                for (const char c : part) {
                    out[at++] = c;
                }
            }
        }
        return out;
    }();

    template <std::size_t... I>
    static constexpr std::array<Row, count> rows_of(std::index_sequence<I...>) {
        std::uint32_t at = 0;
        const auto row = [&](const auto& key) {
            const auto size = [](std::string_view part) {
                return static_cast<std::uint16_t>(part.size());
            };
            const Row out{
                key.member,
                key.applies,
                at,
                {size(key.name), size(key.directive), size(key.sentence), size(key.example)}};
            for (const std::uint16_t part : out.sizes) {
                at += part;
            }
            return out;
        };
        return {row(keys[I])...};
    }

    static constexpr std::array<Row, count> rows = rows_of(std::make_index_sequence<count>());

public:
    static KeyList<Table> list() { return {rows.data(), count, text.data()}; }
};

} // namespace amphid
