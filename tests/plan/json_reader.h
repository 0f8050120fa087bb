// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/text.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// Reads the JSON (RFC 8259) of objects, strings, numbers and booleans strictly: the members in
/// one map, those of inner objects as "outer.inner", strings as UTF-8 without their quotes.
class JsonReader {
public:
    using Members = std::map<std::string, std::string>;

    static std::optional<Members> read(std::string_view text) {
        JsonReader reader(text);
        reader.object("");
        return reader.ok_ && reader.rest_.empty() ? std::optional(reader.members_) : std::nullopt;
    }

    /// One JSON string with its quotes.
    static std::optional<std::string> read_string(std::string_view text) {
        JsonReader reader(text);
        std::string out = reader.string();
        return reader.ok_ && reader.rest_.empty() ? std::optional(out) : std::nullopt;
    }

private:
    explicit JsonReader(std::string_view text) : rest_(text), ok_(is_utf8(text)) {}

    void skip_space() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    }

    bool take(std::string_view token) {
        skip_space();
        const bool found = rest_.starts_with(token);
        rest_.remove_prefix(found ? token.size() : 0);
        return found;
    }

    void expect(std::string_view token) { ok_ = take(token) && ok_; }

    void object(const std::string& prefix) {
        expect("{");
        if (take("}")) {
            return;
        }
        do {
            skip_space();
            const std::string key = prefix + string();
            expect(":");
            value(key);
        } while (ok_ && take(","));
        expect("}");
    }

    void value(const std::string& key) {
        skip_space();
        std::string out;
        if (rest_.starts_with('{')) {
            return object(key + '.');
        }
        if (rest_.starts_with('"')) {
            out = string();
        } else {
            out = std::string(rest_.substr(0, rest_.find_first_of(",} ")));
            rest_.remove_prefix(out.size());
            const bool number = parse_number<std::int64_t>(out) || parse_number<std::uint64_t>(out);
            ok_ = ok_ && (number || out == "true" || out == "false");
        }
        ok_ = ok_ && members_.emplace(key, out).second;
    }

    std::string string() {
        std::string out;
        expect("\"");
        while (ok_ && !rest_.starts_with('"')) {
            ok_ = !rest_.empty() && static_cast<unsigned char>(rest_.front()) >= 0x20;
            if (!ok_) {
                break;
            }
            if (rest_.front() == '\\') {
                rest_.remove_prefix(1);
                out += escape();
            } else {
                out += rest_.front();
                rest_.remove_prefix(1);
            }
        }
        rest_.remove_prefix(rest_.empty() ? 0 : 1);
        return out;
    }

    std::string escape() {
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        const char c = rest_.empty() ? '\0' : rest_.front();
        rest_.remove_prefix(rest_.empty() ? 0 : 1);
        if (const auto at = letters.find(c); at != std::string_view::npos) {
            return std::string(1, meanings[at]);
        }
        const std::string_view digits = rest_.substr(0, 4);
        unsigned code = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        ok_ = ok_ && c == 'u' && digits.size() == 4 && error == std::errc{} &&
              end == digits.data() + 4 && (code < 0xd800 || code > 0xdfff);
        rest_.remove_prefix(digits.size());
        return utf8(code);
    }

    static std::string utf8(unsigned code) {
        const auto byte = [](unsigned value) { return static_cast<char>(value); };
        if (code < 0x80) {
            return {byte(code)};
        }
        if (code < 0x800) {
            return {byte(0xc0 | (code >> 6)), byte(0x80 | (code & 0x3f))};
        }
        return {byte(0xe0 | (code >> 12)), byte(0x80 | ((code >> 6) & 0x3f)),
                byte(0x80 | (code & 0x3f))};
    }

    std::string_view rest_;
    bool ok_;
    Members members_;
};

} // namespace amphid
