// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

namespace amphid::test {

/// What became of each failing call of a scenario: a golden file in outcomes/, with a line for each
/// process and call, and in it each errno with the outcomes that its occurrences have. Occurrences
/// are not told apart: how many there are differs between kernels and between runs.
class Outcomes {
public:
    /// "launcher openat", "EMFILE".
    using Key = std::pair<std::string, std::string>;

    explicit Outcomes(const std::string& scenario);
    /// Empty if there is no such file.
    static Outcomes read(const std::string& scenario);

    /// True if the file is to be written, not compared: AMPHID_UPDATE_GOLDEN=1.
    static bool are_written();

    void add(const Key& key, const std::string& word);
    bool know(const Key& key) const { return rows_.contains(key); }
    /// True if it knows this call and error, but not with this outcome.
    bool contradict(const Key& key, const std::string& word) const;
    /// "clear error, goes on"
    std::string words_for(const Key& key) const;

    /// How many of each there were: "12 clear error; 300 goes on;"
    std::string summary() const;

    bool write() const;
    const std::string& path() const { return path_; }

private:
    std::string path_; // in the source tree
    std::map<Key, std::set<std::string>> rows_;
    std::map<std::string, int> sums_;
};

} // namespace amphid::test
