// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <algorithm>
#include <string_view>

namespace amphid {

/// The name of a systemd unit with its suffix (systemd.unit(5)): "network.target", "a@b.service".
inline bool is_unit_name(std::string_view name) {
    constexpr std::string_view suffixes[] = {".service", ".socket",    ".target", ".device",
                                             ".mount",   ".automount", ".swap",   ".timer",
                                             ".path",    ".slice",     ".scope"};
    constexpr auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view(":-_.\\@").find(c) != std::string_view::npos;
    };
    return name.size() <= 255 && std::all_of(name.begin(), name.end(), allowed) &&
           std::any_of(std::begin(suffixes), std::end(suffixes), [&](std::string_view suffix) {
               return name.size() > suffix.size() && name.ends_with(suffix);
           });
}

constexpr std::string_view service_suffix = ".service";

} // namespace amphid
