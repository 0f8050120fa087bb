// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/capability_name.h"
#include "config/reading.h"
#include "plan/exec_syntax.h"

#include <algorithm>
#include <cstdint>

// The values of systemd.exec(5).

namespace amphid {

namespace {

struct Word {
    std::string text;
    Position at;
};
using Words = std::vector<Word>;

Refusal not_what(const Value& value, std::string_view wanted, std::string_view got) {
    return {concat("expected ", wanted, ", got '", got, '\''), value.at};
}

/// A list of strings, or one string of words separated by blanks, as in systemd.
std::optional<Refusal> read_words(const Value& value, std::string_view wanted, Words& out) {
    const auto add = [&](const Value& element, std::string_view text) {
        if (text.empty() || text.find('\0') != std::string_view::npos) {
            return std::optional(not_what(element, wanted, text));
        }
        out.push_back({std::string(text), element.at});
        return std::optional<Refusal>();
    };
    if (const auto* text = std::get_if<std::string>(&value.data)) {
        for (const std::string_view word : split(*text, ' ')) {
            if (auto refusal = word.empty() ? std::nullopt : add(value, word)) {
                return refusal;
            }
        }
        return std::nullopt;
    }
    const auto* array = std::get_if<Array>(&value.data);
    if (array == nullptr) {
        return wrong_kind(value, wanted);
    }
    for (const Value& element : *array) {
        const auto* text = std::get_if<std::string>(&element.data);
        if (text == nullptr) {
            return wrong_kind(element, wanted);
        }
        if (auto refusal = add(element, *text)) {
            return refusal;
        }
    }
    return std::nullopt;
}

bool is_account(std::string_view text) {
    const auto is_odd = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= ' ' || byte == 0x7f || c == ':' || c == '/';
    };
    return !text.empty() && text.front() != '-' && std::none_of(text.begin(), text.end(), is_odd);
}

/// The text of a string or an integer.
std::optional<std::string> scalar_text(const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
        return concat(*number);
    }
    const auto* text = std::get_if<std::string>(&value.data);
    return text == nullptr || text->find('\0') != std::string::npos ? std::nullopt
                                                                    : std::optional(*text);
}

/// As in systemd: doubled and trailing slashes and "." components are dropped.
std::string without_empty_parts(std::string_view path) {
    std::string out;
    for (const std::string_view part : split(path, '/')) {
        if (!part.empty() && part != ".") {
            out += concat(out.empty() ? "" : "/", part);
        }
    }
    return path.starts_with('/') ? '/' + out : out;
}

bool is_path(std::string_view path, bool absolute) {
    if (path.empty() || (path.front() == '/') != absolute || path.back() == '/') {
        return false;
    }
    const auto parts = split(absolute ? path.substr(1) : path, '/');
    const bool odd =
        std::any_of(path.begin(), path.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
    return !odd && std::none_of(parts.begin(), parts.end(), [](std::string_view part) {
        return part.empty() || part == "." || part == "..";
    });
}

} // namespace

std::optional<Refusal> read_value(const Value& value, Account& out) {
    const auto text = scalar_text(value);
    if (!text) {
        return wrong_kind(value, looks_like(out));
    }
    if (!is_account(*text)) {
        return not_what(value, looks_like(out), *text);
    }
    out.text = *text;
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, Names& out) {
    Words words;
    if (auto refusal = read_words(value, looks_like(out), words)) {
        return refusal;
    }
    out.list.clear();
    for (Word& word : words) {
        out.list.push_back(std::move(word.text));
    }
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, CapabilitySet& out) {
    Words words;
    if (auto refusal = read_words(value, looks_like(out), words)) {
        return refusal;
    }
    // A "~" inverts what follows, up to the next "~"; each such group acts like one directive of
    // systemd: the first one sets, the others add or remove.
    std::uint64_t bits = 0;
    bool inverted = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view name = words[i].text;
        const bool begins = name.starts_with('~');
        if (begins) {
            name.remove_prefix(1);
            inverted = true;
            bits = i == 0 || name.empty() ? ~std::uint64_t{0} : bits;
        }
        const auto number = parse_capability(name);
        if (!number && !(begins && name.empty())) {
            const std::string near = nearest_capability(name);
            return Refusal{concat("unknown capability '", name, '\'',
                                  near.empty() ? "" : concat("; did you mean '", near, "'?")),
                           words[i].at};
        }
        const std::uint64_t bit = number ? std::uint64_t{1} << *number : 0;
        bits = inverted ? bits & ~bit : bits | bit;
    }
    out.bits = bits;
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, SecureBits& out) {
    Words words;
    if (auto refusal = read_words(value, looks_like(out), words)) {
        return refusal;
    }
    unsigned bits = 0;
    for (const Word& word : words) {
        const auto bit = from_name<SecureBit>(word.text);
        if (!bit) {
            constexpr auto names = enum_names(SecureBit{});
            return wrong_word({word.text, word.at}, word.text, names);
        }
        bits |= 1U << static_cast<unsigned>(*bit);
    }
    out.bits = bits;
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, LimitSetting& out) {
    const auto text = scalar_text(value);
    if (!text) {
        return wrong_kind(value, looks_like(out));
    }
    const auto limit = parse_limit(*text, out.unit);
    if (!limit) {
        return not_what(value, looks_like(out), *text);
    }
    if (limit->soft > limit->hard) {
        return Refusal{concat("the soft limit of '", *text, "' exceeds the hard limit"), value.at};
    }
    out.value = *limit;
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, Number& out) {
    const auto* number = std::get_if<std::int64_t>(&value.data);
    if (number == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    if (*number < out.least || *number > out.most) {
        return Refusal{concat("expected ", looks_like(out), ", got ", *number), value.at};
    }
    out.value = static_cast<int>(*number);
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, CpuSet& out) {
    CpuSet read;
    const auto add = [&](const Value& element) -> std::optional<Refusal> {
        const auto text = scalar_text(element);
        if (!text) {
            return wrong_kind(element, looks_like(out));
        }
        if (!add_cpus(*text, read)) {
            return not_what(element, looks_like(out), *text);
        }
        return std::nullopt;
    };
    if (auto refusal = read_one_or_each(value, add)) {
        return refusal;
    }
    if (read == CpuSet{}) {
        return Refusal{"no CPU is given", value.at};
    }
    out = read;
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, Nanoseconds& out) {
    const auto text = scalar_text(value);
    if (!text) {
        return wrong_kind(value, looks_like(out));
    }
    const auto count = parse_nanoseconds(*text);
    if (!count) {
        return not_what(value, looks_like(out), *text);
    }
    out.count = *count;
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, EnvironmentFiles& out) {
    EnvironmentFiles read;
    const auto add = [&](const Value& element) -> std::optional<Refusal> {
        const auto* text = std::get_if<std::string>(&element.data);
        if (text == nullptr) {
            return wrong_kind(element, looks_like(out));
        }
        const bool optional = text->starts_with('-');
        const std::string path = without_empty_parts(text->substr(optional ? 1 : 0));
        if (!is_path(path, true)) {
            return not_what(element, looks_like(out), *text);
        }
        read.list.push_back({path, optional});
        return std::nullopt;
    };
    if (auto refusal = read_one_or_each(value, add)) {
        return refusal;
    }
    out = std::move(read);
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, DirectoryNames& out) {
    Words words;
    if (auto refusal = read_words(value, looks_like(out), words)) {
        return refusal;
    }
    DirectoryNames read;
    for (Word& word : words) {
        word.text = without_empty_parts(word.text);
        // A colon separates paths in the variable, and symbolic links in systemd's syntax.
        if (!is_path(word.text, false) || word.text.find(':') != std::string::npos) {
            return not_what({word.text, word.at}, looks_like(out), word.text);
        }
        read.list.push_back(std::move(word.text));
    }
    out = std::move(read);
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, WorkingDirectory& out) {
    const auto* text = std::get_if<std::string>(&value.data);
    if (text == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    const bool optional = text->starts_with('-');
    std::string path = text->substr(optional ? 1 : 0);
    if (path != "~") {
        path = without_empty_parts(path);
        if (path != "/" && !is_path(path, true)) {
            return not_what(value, looks_like(out), *text);
        }
    }
    out = {std::move(path), optional};
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, Input& out) {
    const auto text = scalar_text(value);
    if (!text) {
        return wrong_kind(value, looks_like(out));
    }
    const auto colon = text->find(':');
    const auto kind = from_name<InputKind>(std::string_view(*text).substr(0, colon));
    const bool needs_path = kind == InputKind::file;
    const std::string path = colon == std::string::npos ? "" : text->substr(colon + 1);
    if (!kind || *kind == InputKind::automatic || needs_path != (colon != std::string::npos) ||
        (needs_path && !is_path(path, true))) {
        return not_what(value, looks_like(out), *text);
    }
    out = {*kind, path};
    return std::nullopt;
}

} // namespace amphid
