// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/document.h"

#include <concepts>

namespace amphid {

namespace {

template <class T>
concept Leaf = NamedEnum<T> || std::integral<T> || std::same_as<T, std::string>;

template <Leaf T>
std::string text_of(const T& value) {
    if constexpr (NamedEnum<T>) {
        return std::string(name_of(value));
    } else if constexpr (std::same_as<T, bool>) {
        return value ? "true" : "false";
    } else if constexpr (std::integral<T>) {
        return concat(value);
    } else {
        return value;
    }
}

template <Leaf T>
bool read_text(std::string_view text, T& value) {
    std::optional<T> read;
    if constexpr (NamedEnum<T>) {
        read = from_name<T>(text);
    } else if constexpr (std::same_as<T, bool>) {
        if (text == "true" || text == "false") {
            read = text == "true";
        }
    } else if constexpr (std::integral<T>) {
        read = parse_number<T>(text);
    } else {
        read = std::string(text);
    }
    if (read) {
        value = std::move(*read);
    }
    return read.has_value();
}

std::string escape(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == '\n') {
            out += "\\n";
        } else if (c == '\\') {
            out += "\\\\";
        } else {
            out += c;
        }
    }
    return out;
}

std::optional<std::string> unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
            continue;
        }
        if (++i == text.size() || (text[i] != 'n' && text[i] != '\\')) {
            return std::nullopt;
        }
        out += text[i] == 'n' ? '\n' : '\\';
    }
    return out;
}

struct Writer {
    std::string out;
    std::string prefix;

    template <class T>
    void operator()(std::string_view key, const T& value) {
        if constexpr (Leaf<T>) {
            out += concat(prefix, key, '=', escape(text_of(value)), '\n');
        } else {
            const std::string outer = prefix;
            prefix = concat(outer, key, '.');
            fields(*this, value);
            prefix = outer;
        }
    }
};

struct Reader {
    const std::map<std::string, std::string, std::less<>>& values;
    std::string prefix;
    bool ok = true;

    template <class T>
    void operator()(std::string_view key, T& value) {
        if constexpr (Leaf<T>) {
            const auto found = values.find(concat(prefix, key));
            ok = ok && (found == values.end() || read_text(found->second, value));
        } else {
            const std::string outer = prefix;
            prefix = concat(outer, key, '.');
            fields(*this, value);
            prefix = outer;
        }
    }
};

} // namespace

std::string encode(const State& state) {
    Writer writer{concat(document_version, '\n'), {}};
    fields(writer, state);
    return concat(writer.out, document_end, '\n');
}

std::optional<State> decode(std::string_view document) {
    // A truncated document has no newline there.
    if (document.empty() || document.back() != '\n') {
        return std::nullopt;
    }
    document.remove_suffix(1);
    const auto lines = split(document, '\n');
    if (lines.front() != document_version || lines.back() != document_end) {
        return std::nullopt;
    }
    std::map<std::string, std::string, std::less<>> values;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto equals = lines[i].find('=');
        if (equals == std::string_view::npos) {
            return std::nullopt;
        }
        auto value = unescape(lines[i].substr(equals + 1));
        if (!value || !values.emplace(lines[i].substr(0, equals), std::move(*value)).second) {
            return std::nullopt;
        }
    }
    State state;
    Reader reader{values, {}};
    fields(reader, state);
    const bool possible = state.launcher.pid >= 0 && state.main.pid >= 0;
    if (!reader.ok || !possible) {
        return std::nullopt;
    }
    return state;
}

} // namespace amphid
