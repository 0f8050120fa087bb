// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <numeric>
#include <vector>

namespace amphid {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

/// Characters that control a terminal, are invisible, or reorder their neighbours: the C1 controls
/// and Unicode's format characters (category Cf), separators of lines and paragraphs, and fillers.
/// Characters of Cf with a visible glyph are not among them.
constexpr Range unseen[] = {
    {0x80, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},   {0x115f, 0x1160},
    {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e}, {0x2060, 0x206f},
    {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0}, {0xfff0, 0xfffb},
    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

/// Decodes one well-formed sequence.
char32_t decode_character(std::string_view sequence) {
    const auto first = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) {
        return first;
    }
    char32_t out = first & (0x7fU >> sequence.size());
    for (const char c : sequence.substr(1)) {
        out = out << 6 | (static_cast<unsigned char>(c) & 0x3fU);
    }
    return out;
}

bool is_seen(char32_t c) {
    return c >= 0x20 && c != 0x7f &&
           std::none_of(std::begin(unseen), std::end(unseen),
                        [c](const Range& range) { return c >= range.first && c <= range.last; });
}

void append_hex(std::string& out, unsigned char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += digits[c >> 4];
    out += digits[c & 15];
}

/// RFC 8259: a character above U+FFFF is written as two escapes.
void append_json_escape(std::string& out, char32_t c) {
    const auto append_unit = [&out](char32_t unit) {
        out += "\\u";
        append_hex(out, static_cast<unsigned char>(unit >> 8));
        append_hex(out, static_cast<unsigned char>(unit));
    };
    if (c > 0xffff) {
        append_unit(0xd800 + ((c - 0x10000) >> 10));
        c = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
    append_unit(c);
}

/// Edit distance: missing, extra, wrong and transposed letters.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before.swap(last);
        last.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substitute = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, substitute});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
    }
    return row[b.size()];
}

/// The one candidate that an abbreviation of three letters or more stands for.
std::string_view only_one_that_begins(std::string_view word,
                                      std::span<const std::string_view> candidates) {
    std::string_view out;
    for (const std::string_view candidate : candidates) {
        if (word.size() >= 3 && candidate.starts_with(word)) {
            if (!out.empty()) {
                return {};
            }
            out = candidate;
        }
    }
    return out;
}

} // namespace

std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) {
            return 0;
        }
    }
    const unsigned second = byte(1);
    const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    const bool surrogate = first == 0xed && second > 0x9f;
    const bool too_high = first == 0xf4 && second > 0x8f;
    return overlong || surrogate || too_high ? 0 : length;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    parts.reserve(1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), separator)));
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

std::string printable(std::string_view text, bool keep_newlines) {
    const auto is_plain = [](char c) { return c >= ' ' && c <= '~'; };
    if (std::all_of(text.begin(), text.end(), is_plain)) {
        return std::string(text); // as nearly always
    }
    std::string out;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const bool shown = length > 0 && (is_seen(decode_character(text.substr(0, length))) ||
                                          text[0] == '\t' || (keep_newlines && text[0] == '\n'));
        const std::size_t taken = std::max<std::size_t>(length, 1);
        if (shown) {
            out.append(text.substr(0, taken));
        } else {
            for (const char c : text.substr(0, taken)) {
                out += "\\x";
                append_hex(out, static_cast<unsigned char>(c));
            }
        }
        text.remove_prefix(taken);
    }
    return out;
}

void pad_to(std::string& line, std::size_t column) {
    line.resize(std::max(line.size() + 1, column), ' ');
}

std::string errno_text(int number) {
    return number == 0 ? std::string() : concat(number, " (", std::strerror(number), ')');
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    if (const std::string_view longer = only_one_that_begins(word, candidates); !longer.empty()) {
        return longer;
    }
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string_view candidate : candidates) {
        const std::size_t longer = std::max(word.size(), candidate.size());
        if (longer - std::min(word.size(), candidate.size()) >= best_distance) {
            continue; // at least so far away, and it is long to count
        }
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance && distance < candidate.size()) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const auto first = static_cast<unsigned char>(text[0]);
        if (length == 0) {
            out += "\\ufffd";
        } else if (first == '"' || first == '\\') {
            out += '\\';
            out += text[0];
        } else if (const auto c = decode_character(text.substr(0, length)); is_seen(c)) {
            out.append(text.substr(0, length));
        } else {
            append_json_escape(out, c);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    out += '"';
    return out;
}

std::string list_of(const std::vector<int>& numbers) {
    std::string out;
    for (const int number : numbers) {
        out += concat(out.empty() ? "" : ", ", number);
    }
    return out;
}

std::optional<bool> parse_boolean(std::string_view text) {
    for (const std::string_view word : {"yes", "true", "on", "1", "y", "t"}) {
        if (text == word) {
            return true;
        }
    }
    for (const std::string_view word : {"no", "false", "off", "0", "n", "f"}) {
        if (text == word) {
            return false;
        }
    }
    return std::nullopt;
}

} // namespace amphid
