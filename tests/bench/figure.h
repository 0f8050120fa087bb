// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace amphid {

// What one contender did in one figure; no samples: it took no part, and `note` says why.
struct Row {
    std::string contender;
    std::vector<double> samples;
    std::string note;
};

// What the project's issue allows amphid: an absolute value, or a ratio to the base's median.
struct Limit {
    double value = 0;
    bool is_ratio = false;
};

struct Figure {
    std::string name; // for JSON
    std::string title;
    std::string unit;
    std::string base; // the contender that ratios refer to
    std::optional<Limit> limit;
    std::vector<Row> rows;
};

// The value below which a share of the samples lies, 0.5 being the median; no samples: NaN.
double quantile(std::vector<double> samples, double share);

// A row's quantile by the same quantile of the figure's base, if both were measured. The median is
// what counts; on a machine that is busy with other things, a low quantile is steadier.
std::optional<double> ratio(const Figure& figure, const Row& row, double share = 0.5);

// Whether amphid keeps the figure's limit; nothing if it has none or was not measured.
std::optional<bool> keeps_limit(const Figure& figure, const Row& row);

} // namespace amphid
