// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "outcomes.h"

#include "base/text.h"

#include <cstdlib>
#include <fstream>
#include <string_view>

namespace amphid::test {

namespace {

std::string joined(const std::set<std::string>& words) {
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "" : ", ") + word;
    return out;
}

} // namespace

Outcomes::Outcomes(const std::string& scenario)
    : path_("tests/robust/outcomes/" + scenario + ".txt") {}

// A line: "launcher openat: EMFILE clear error, goes on; EACCES goes on".
Outcomes Outcomes::read(const std::string& scenario) {
    Outcomes out(scenario);
    std::ifstream in(std::string(AMPHID_SOURCE_DIR) + '/' + out.path_);
    for (std::string line; std::getline(in, line);) {
        const auto colon = line.find(": ");
        if (line.starts_with('#') || colon == std::string::npos)
            continue;
        for (std::string_view part : split(std::string_view(line).substr(colon + 2), ';')) {
            part.remove_prefix(part.starts_with(' ') ? 1 : 0);
            const auto space = part.find(' ');
            auto& words = out.rows_[{line.substr(0, colon), std::string(part.substr(0, space))}];
            for (std::string_view word : split(part.substr(space + 1), ',')) {
                word.remove_prefix(word.starts_with(' ') ? 1 : 0);
                words.emplace(word);
            }
        }
    }
    return out;
}

bool Outcomes::are_written() {
    const char* update = std::getenv("AMPHID_UPDATE_GOLDEN");
    return update != nullptr && std::string_view(update) == "1";
}

void Outcomes::add(const Key& key, const std::string& word) {
    rows_[key].insert(word);
    ++sums_[word];
}

bool Outcomes::contradict(const Key& key, const std::string& word) const {
    const auto row = rows_.find(key);
    return row != rows_.end() && !row->second.contains(word);
}

std::string Outcomes::words_for(const Key& key) const {
    const auto row = rows_.find(key);
    return row == rows_.end() ? std::string() : joined(row->second);
}

std::string Outcomes::summary() const {
    std::string out;
    for (const auto& [word, count] : sums_)
        out += concat(count, ' ', word, "; ");
    return out;
}

bool Outcomes::write() const {
    std::ofstream out(std::string(AMPHID_SOURCE_DIR) + '/' + path_);
    out << "# Which outcomes each call has that fails once, by errno. Written by the test "
           "(docs/robustness.md).\n";
    std::string last;
    for (const auto& [key, words] : rows_) {
        out << (key.first == last ? "; " : concat(last.empty() ? "" : "\n", key.first, ": "))
            << key.second << ' ' << joined(words);
        last = key.first;
    }
    out << '\n';
    return !out.fail();
}

} // namespace amphid::test
