// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "config/schema.h"
#include "config/syntax.h"

#include <algorithm>

namespace amphid {

namespace {

using Found = std::optional<ValueMistake>;

constexpr std::size_t deepest = 100; // arrays in arrays

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string in_small_letters(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

/// As a TOML string, in whichever quotes need no escapes.
std::string in_quotes(std::string_view text) {
    const bool plain = text.find_first_of("\"\\") == std::string_view::npos;
    return plain                                       ? concat('"', text, '"')
           : text.find('\'') == std::string_view::npos ? concat('\'', text, '\'')
                                                       : json_string(text);
}

bool takes_boolean(std::string_view key) {
    bool out = false;
    for_each_possible_table([&](std::string_view, const auto& table) {
        using T = std::remove_cvref_t<decltype(table)>;
        for (const auto& row : keys_of(table)) {
            out = out || (row.name == key && std::holds_alternative<bool T::*>(row.member));
        }
    });
    return out;
}

/// Digits, with single underscores between them.
bool is_digits(std::string_view text, std::string_view digits) {
    bool before = false;
    for (const char c : text) {
        const bool digit = digits.find(c) != std::string_view::npos;
        if (!digit && (c != '_' || !before)) {
            return false;
        }
        before = digit;
    }
    return before;
}

bool is_number(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0o") || text.starts_with("0b")) {
        const std::size_t base = text[1] == 'x' ? 22 : text[1] == 'o' ? 8 : 2;
        return is_digits(text.substr(2),
                         std::string_view("0123456789abcdefABCDEF").substr(0, base));
    }
    if (text.starts_with('+') || text.starts_with('-')) {
        text.remove_prefix(1);
    }
    if (text == "inf" || text == "nan") {
        return true;
    }
    const auto exponent = text.find_first_of("eE");
    if (exponent != std::string_view::npos) {
        std::string_view power = text.substr(exponent + 1);
        power.remove_prefix(power.starts_with('+') || power.starts_with('-') ? 1 : 0);
        if (!is_digits(power, "0123456789")) {
            return false;
        }
    }
    text = text.substr(0, exponent);
    const auto point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    return is_digits(whole, "0123456789") && (whole.size() == 1 || whole.front() != '0') &&
           (point == std::string_view::npos || is_digits(text.substr(point + 1), "0123456789"));
}

/// RFC 3339, as far as needed: no key takes one.
bool looks_like_a_date(std::string_view text) {
    const auto digits = static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
    return text.size() > digits + 2 &&
           ((digits == 4 && text[4] == '-') || (digits == 2 && text[2] == ':'));
}

class ValueReader {
public:
    ValueReader(std::string_view text, std::size_t at, std::string_view key)
        : text_(text), at_(at), key_(key) {}

    std::size_t at() const { return at_; }

    Found read(std::size_t depth) {
        if (depth > deepest) {
            return ValueMistake{at_, "arrays are nested too deeply"};
        }
        switch (peek()) {
        case '"':
        case '\'':
            return read_string();
        case '[':
            return read_array(depth);
        case '{':
            return read_inline_table(depth);
        default:
            return read_word(depth > 0);
        }
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool ended() const { return at_ >= text_.size(); }

    void skip_blanks(bool lines) {
        for (; !ended(); ++at_) {
            if (lines && peek() == '#') {
                at_ = std::min(text_.find('\n', at_), text_.size());
            }
            const bool blank =
                peek() == ' ' || peek() == '\t' || (lines && (peek() == '\n' || peek() == '\r'));
            if (!blank) {
                return;
            }
        }
    }

    Found read_string() {
        const char quote = peek();
        const std::string threefold(3, quote);
        const bool several = text_.substr(at_).starts_with(threefold);
        const std::size_t begin = at_;
        at_ += several ? 3 : 1;
        for (; !ended(); ++at_) {
            if (!several && peek() == '\n') {
                break;
            }
            if (several ? text_.substr(at_).starts_with(threefold) : peek() == quote) {
                at_ += several ? 3 : 1;
                while (several && peek() == quote) {
                    ++at_; // up to two quotes may precede the closing three
                }
                return std::nullopt;
            }
            if (quote == '"' && peek() == '\\') {
                if (Found mistake = read_escape(several)) {
                    return mistake;
                }
            }
        }
        return ValueMistake{
            begin, concat("the string is not closed: ", several ? threefold : std::string(1, quote),
                          " is missing at its end")};
    }

    /// Leaves `at_` on its last character.
    Found read_escape(bool several) {
        const std::size_t begin = at_++;
        if (ended() || peek() == '\n') {
            at_ -= several ? 0 : 1;
            return std::nullopt;
        }
        const bool blank = several && (peek() == ' ' || peek() == '\t' || peek() == '\r');
        if (blank || std::string_view("btnfre\"\\uU").find(peek()) != std::string_view::npos) {
            return std::nullopt;
        }
        std::size_t length = 1; // whole characters
        while (begin + 1 + length < text_.size() &&
               (static_cast<unsigned char>(text_[begin + 1 + length]) & 0xc0) == 0x80) {
            ++length;
        }
        const std::string_view letter = text_.substr(begin + 1, length);
        return ValueMistake{begin, concat("'\\", letter, "' is not an escape sequence; write '\\\\",
                                          letter, "', or put the string in single quotes")};
    }

    Found read_array(std::size_t depth) {
        const std::size_t begin = at_++;
        bool needs_comma = false;
        for (;;) {
            skip_blanks(true);
            if (ended()) {
                return ValueMistake{begin, "the array is not closed: ] is missing at its end"};
            }
            if (peek() == ']') {
                ++at_;
                return std::nullopt;
            }
            if (peek() == ',') {
                if (!needs_comma) {
                    return ValueMistake{at_, "an element is missing before this comma"};
                }
                needs_comma = false;
                ++at_;
                continue;
            }
            if (needs_comma) {
                return ValueMistake{at_, "a comma is missing between two elements"};
            }
            if (Found mistake = read(depth + 1)) {
                return mistake;
            }
            needs_comma = true;
        }
    }

    Found read_inline_table(std::size_t depth) {
        const std::size_t begin = at_++;
        const Found open =
            ValueMistake{begin, "the inline table is not closed: the } must be on the same line"};
        for (bool first = true;; first = false) {
            skip_blanks(false);
            if (first && peek() == '}') {
                ++at_;
                return std::nullopt;
            }
            const auto equals = text_.find_first_of("=}\n", at_);
            if (equals == std::string_view::npos || text_[equals] == '\n') {
                return open;
            }
            if (text_[equals] == '}') {
                return ValueMistake{at_, "expected KEY = VALUE in this inline table"};
            }
            at_ = equals + 1;
            skip_blanks(false);
            if (Found mistake = read(depth + 1)) {
                return mistake;
            }
            skip_blanks(false);
            if (peek() == '}') {
                ++at_;
                return std::nullopt;
            }
            if (peek() != ',') {
                return ended() || peek() == '\n'
                           ? open
                           : ValueMistake{at_, "a comma is missing between two keys"};
            }
            ++at_;
        }
    }

    /// An unquoted value: the rest of the line, or in an array the rest of the element.
    Found read_word(bool nested) {
        const std::size_t begin = at_;
        std::size_t end = std::min(text_.find_first_of(nested ? ",]}\n" : "\n", at_), text_.size());
        if (const auto comment = text_.substr(begin, end - begin).find(" #");
            comment != std::string_view::npos) {
            end = begin + comment;
        }
        while (end > begin &&
               std::string_view(" \t\r").find(text_[end - 1]) != std::string_view::npos) {
            --end;
        }
        at_ = end;
        const std::string_view word = text_.substr(begin, end - begin);
        if (word == "true" || word == "false" || is_number(word) || looks_like_a_date(word)) {
            return std::nullopt;
        }
        return ValueMistake{begin, about_word(word, nested)};
    }

    std::string about_word(std::string_view word, bool nested) const {
        const std::string small = in_small_letters(word);
        if (small == "true" || small == "false") {
            return concat("write ", small, " in lower case");
        }
        const bool yes = small == "yes" || small == "on";
        if ((yes || small == "no" || small == "off") && takes_boolean(key_)) {
            return concat("write ", yes ? "true" : "false", ", not ", word);
        }
        if (word.starts_with("\xe2\x80") || word.starts_with("\xc2\xab")) {
            return "put the value in straight quotes: \"…\"";
        }
        if (word.size() > 1 && word.front() == '0' &&
            std::all_of(word.begin(), word.end(), is_digit)) {
            return concat("a number must not begin with 0; put it in quotes: ", in_quotes(word));
        }
        return concat("put the ", nested ? "element" : "value",
                      " in quotes: ", nested ? "" : concat(key_, " = "), in_quotes(word));
    }

    std::string_view text_;
    std::size_t at_;
    std::string_view key_;
};

} // namespace

std::optional<ValueMistake> find_value_mistake(std::string_view text, std::size_t& at,
                                               std::string_view key) {
    ValueReader reader(text, at, key);
    Found mistake = reader.read(0);
    at = reader.at();
    return mistake;
}

} // namespace amphid
