// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "figure.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace amphid {

double quantile(std::vector<double> samples, double share) {
    if (samples.empty()) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    std::sort(samples.begin(), samples.end());
    const double place = share * static_cast<double>(samples.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(place));
    const std::size_t above = std::min(below + 1, samples.size() - 1);
    const double rest = place - std::floor(place);
    return samples[below] * (1 - rest) + samples[above] * rest;
}

std::optional<double> ratio(const Figure& figure, const Row& row, double share) {
    for (const Row& base : figure.rows) {
        const double divisor = quantile(base.samples, share);
        if (base.contender == figure.base && divisor > 0 && !row.samples.empty()) {
            return quantile(row.samples, share) / divisor;
        }
    }
    return std::nullopt;
}

std::optional<bool> keeps_limit(const Figure& figure, const Row& row) {
    if (!figure.limit || row.contender.rfind("amphid", 0) != 0 || row.samples.empty()) {
        return std::nullopt;
    }
    const std::optional<double> value =
        figure.limit->is_ratio ? ratio(figure, row) : quantile(row.samples, 0.5);
    return value ? std::optional(*value <= figure.limit->value) : std::nullopt;
}

} // namespace amphid
