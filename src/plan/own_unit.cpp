// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/own_unit.h"

#include "base/text.h"
#include "plan/unit_name.h"

#include <vector>

namespace amphid {

namespace {

/// systemd writes "_" before a unit whose name could be a file of the kernel's ("_cgroup.service").
std::string_view unescaped(std::string_view part) {
    if (part.starts_with('_')) {
        part.remove_prefix(1);
    }
    return part;
}

bool is_user_manager(std::string_view part) {
    return part.starts_with("user@") && part.ends_with(service_suffix);
}

} // namespace

std::string unit_in_cgroup(std::string_view cgroup, Manager manager) {
    const std::vector<std::string_view> parts = split(cgroup, '/');
    auto part = parts.begin();
    const auto skip_slices = [&] {
        while (part != parts.end() && (part->empty() || part->ends_with(".slice"))) {
            ++part;
        }
    };
    skip_slices();
    if (manager == Manager::user) {
        if (part == parts.end() || !is_user_manager(*part)) {
            return {};
        }
        ++part;
        skip_slices();
    }
    const std::string_view unit = part == parts.end() ? "" : unescaped(*part);
    return is_unit_name(unit) ? std::string(unit) : std::string();
}

} // namespace amphid
