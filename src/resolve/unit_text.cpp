// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/unit_text.h"

#include "base/text.h"

namespace amphid {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool is_comment(std::string_view line) {
    const std::string_view text = trimmed(line);
    return text.empty() || text.front() == '#' || text.front() == ';';
}

bool is_continued(std::string_view line) {
    const auto last = line.find_last_not_of('\\');
    return (line.size() - (last == std::string_view::npos ? 0 : last + 1)) % 2 == 1;
}

} // namespace

void UnitText::add(std::string_view text, int file) {
    const auto lines = split(text, '\n');
    std::string section;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (is_comment(lines[i])) {
            continue;
        }
        const int column = static_cast<int>(lines[i].find_first_not_of(blanks)) + 1;
        const Position at{static_cast<int>(i) + 1, column, file};
        std::string whole(lines[i]);
        while (is_continued(whole) && i + 1 < lines.size()) {
            // A comment in between is skipped, and the line continues.
            whole.back() = ' ';
            while (i + 1 < lines.size() && !trimmed(lines[i + 1]).empty() &&
                   is_comment(lines[i + 1])) {
                ++i;
            }
            if (i + 1 < lines.size()) {
                whole += lines[++i];
            }
        }
        const std::string_view line = trimmed(whole);
        if (line.starts_with('[') && line.ends_with(']')) {
            section = line.substr(1, line.size() - 2);
            sections_.push_back({section, {}, {}, at});
        } else if (const auto equals = line.find('='); equals != std::string_view::npos) {
            lines_.push_back({section, std::string(trimmed(line.substr(0, equals))),
                              std::string(trimmed(line.substr(equals + 1))), at});
        }
    }
}

std::vector<UnitLine> UnitText::all(std::string_view section, std::string_view name) const {
    std::vector<UnitLine> out;
    for (const UnitLine& line : lines_) {
        if (line.section != section || line.name != name) {
            continue;
        }
        if (line.value.empty()) {
            out.clear();
        } else {
            out.push_back(line);
        }
    }
    return out;
}

std::optional<UnitLine> UnitText::last(std::string_view section, std::string_view name) const {
    const auto found = all(section, name);
    return found.empty() ? std::nullopt : std::optional(found.back());
}

std::string UnitText::joined(std::string_view section, std::string_view name) const {
    std::string out;
    for (const UnitLine& line : all(section, name)) {
        out += concat(out.empty() ? "" : " ", line.value);
    }
    return out;
}

Position UnitText::place_of(std::string_view section) const {
    for (const UnitLine& line : sections_) {
        if (line.section == section) {
            return line.at;
        }
    }
    return {};
}

} // namespace amphid
