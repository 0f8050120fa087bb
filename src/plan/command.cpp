// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/command.h"

#include <algorithm>
#include <charconv>
#include <climits>
#include <cstdint>
#include <optional>
#include <utility>

namespace amphid {
namespace {

constexpr std::string_view white_space = " \t\n\r";
constexpr std::string_view nul_message = "a command cannot contain a NUL character";
constexpr std::string_view empty_message = "the command is empty";
constexpr std::string_view separator_message =
    "';' begins another command, which only type oneshot can have; write '\\;' for an argument";

bool is_white_space(char c) {
    return white_space.find(c) != std::string_view::npos;
}

std::size_t skip_white_space(std::string_view text, std::size_t position) {
    return std::min(text.find_first_not_of(white_space, position), text.size());
}

// One word of a command with its place: the offset in the text form, the element in the array form.
struct Word {
    std::string text;
    std::size_t offset = 0;
    int element = 0;
};

CommandError error_at(const Word& word, std::string_view message) {
    return {std::string(message), word.offset, word.element};
}

// The characters that an escape stands for, and how much text after the backslash it consumes.
struct Escape {
    std::string value;
    std::size_t length = 0;
};

std::optional<std::uint32_t> read_digits(std::string_view text, std::size_t count, int base) {
    if (text.size() < count) {
        return std::nullopt;
    }
    std::uint32_t number = 0;
    const char* const last = text.data() + count;
    const auto [end, error] = std::from_chars(text.data(), last, number, base);
    return error == std::errc() && end == last ? std::optional(number) : std::nullopt;
}

std::string encode_utf8(std::uint32_t code) {
    const auto tail = [code](unsigned shift) {
        return static_cast<char>(0x80U | ((code >> shift) & 0x3fU));
    };
    const auto head = [code](unsigned mark, unsigned shift) {
        return static_cast<char>(mark | (code >> shift));
    };
    if (code < 0x80) {
        return {static_cast<char>(code)};
    }
    if (code < 0x800) {
        return {head(0xc0, 6), tail(0)};
    }
    if (code < 0x10000) {
        return {head(0xe0, 12), tail(6), tail(0)};
    }
    return {head(0xf0, 18), tail(12), tail(6), tail(0)};
}

// Neither a surrogate nor a noncharacter.
bool is_character(std::uint32_t code) {
    return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) &&
           (code < 0xfdd0 || code > 0xfdef) && (code & 0xfffe) != 0xfffe;
}

// Numbered escapes: \xHH and \OOO are a byte, \uHHHH and \UHHHHHHHH a character in UTF-8.
std::optional<Escape> read_numbered_escape(std::string_view text) {
    const char kind = text.front();
    if (kind == 'x') {
        const auto byte = read_digits(text.substr(1), 2, 16);
        return byte ? std::optional(Escape{{static_cast<char>(*byte)}, 3}) : std::nullopt;
    }
    if (kind == 'u') {
        const auto code = read_digits(text.substr(1), 4, 16);
        return code ? std::optional(Escape{encode_utf8(*code), 5}) : std::nullopt;
    }
    if (kind == 'U') {
        const auto code = read_digits(text.substr(1), 8, 16);
        return code && is_character(*code) ? std::optional(Escape{encode_utf8(*code), 9})
                                           : std::nullopt;
    }
    const auto byte = read_digits(text, 3, 8);
    return byte && *byte <= 0xff ? std::optional(Escape{{static_cast<char>(*byte)}, 3})
                                 : std::nullopt;
}

// Reads an escape; the backslash is already consumed.
Escape read_escape(std::string_view text) {
    constexpr std::string_view letters = "abfnrtv\\\"'s";
    constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\\"' ";
    if (text.empty()) {
        return {"\\", 0};
    }
    const std::size_t index = letters.find(text.front());
    if (index != std::string_view::npos) {
        return {{meanings[index]}, 1};
    }
    if (const auto escape = read_numbered_escape(text)) {
        return *escape;
    }
    // systemd warns of an escape that it does not know and keeps it, so "grep -P '\d'" works.
    return {{'\\', text.front()}, 1};
}

// Reads the word at the position and moves the position past it.
std::variant<Word, CommandError> take_word(std::string_view text, std::size_t& position) {
    Word word{{}, position};
    char quote = 0;
    std::size_t quote_position = 0;
    for (; position < text.size(); ++position) {
        const char c = text[position];
        if (c == '\\') {
            const Escape escape = read_escape(text.substr(position + 1));
            if (escape.value.front() == '\0') {
                return CommandError{std::string(nul_message), position};
            }
            word.text += escape.value;
            position += escape.length;
        } else if (quote != 0 ? c == quote : c == '\'' || c == '"') {
            quote = quote != 0 ? '\0' : c;
            quote_position = position;
        } else if (quote == 0 && is_white_space(c)) {
            break;
        } else {
            word.text += c;
        }
    }
    if (quote != 0) {
        return CommandError{"the quote is unclosed", quote_position};
    }
    return word;
}

// Whether there is a word of exactly these characters at the position.
bool is_lone(std::string_view text, std::size_t position, std::string_view characters) {
    const std::size_t end = position + characters.size();
    return text.substr(position, characters.size()) == characters &&
           (end >= text.size() || is_white_space(text[end]));
}

std::variant<std::vector<Word>, CommandError> split_words(std::string_view text) {
    std::vector<Word> words;
    for (std::size_t position = skip_white_space(text, 0); position < text.size();
         position = skip_white_space(text, position)) {
        if (is_lone(text, position, ";")) {
            return CommandError{std::string(separator_message), position};
        }
        if (!words.empty() && is_lone(text, position, "\\;")) {
            words.push_back({";", position});
            position += 2;
            continue;
        }
        std::variant<Word, CommandError> word = take_word(text, position);
        if (const auto* error = std::get_if<CommandError>(&word)) {
            return *error;
        }
        words.push_back(std::move(std::get<Word>(word)));
        // Where a program is expected, systemd treats even a quoted ';' as the separator.
        if (words.size() == 1 && words.front().text == ";") {
            return error_at(words.front(), separator_message);
        }
    }
    return words;
}

struct Prefixes {
    Command command;
    bool has_argv0 = false;
    std::size_t length = 0;
};

// A prefix counts once; what repeats it belongs to the program's name, as in systemd.
Prefixes read_prefixes(std::string_view word) {
    Prefixes prefixes;
    Command& command = prefixes.command;
    for (const char c : word) {
        if (c == '-' && !command.ignore_failure) {
            command.ignore_failure = true;
        } else if (c == '@' && !prefixes.has_argv0) {
            prefixes.has_argv0 = true;
        } else if (c == ':' && command.expand) {
            command.expand = false;
        } else if (c == '+' && command.privileges == Privileges::normal) {
            command.privileges = Privileges::privileged;
        } else if (c == '!' && command.privileges == Privileges::normal) {
            command.privileges = Privileges::no_setuid;
        } else if (c == '!' && command.privileges == Privileges::no_setuid) {
            command.privileges = Privileges::ambient;
        } else {
            break;
        }
        ++prefixes.length;
    }
    return prefixes;
}

std::vector<std::string_view> path_components(std::string_view path) {
    std::vector<std::string_view> components;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end > 0 && path.substr(0, end) != ".") {
            components.push_back(path.substr(0, end));
        }
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return components;
}

// Absolute paths lose doubled slashes and "." components, as systemd shows them.
std::string simplify(std::string_view path) {
    if (!path.starts_with('/')) {
        return std::string(path);
    }
    std::string result;
    for (const std::string_view component : path_components(path)) {
        result += '/';
        result += component;
    }
    return result;
}

bool is_unsafe(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < ' ' || byte == 0x7f || c == '"' || c == '\'' || c == '\\';
}

bool is_too_long(std::string_view path) {
    const auto components = path_components(path);
    return path.size() >= PATH_MAX ||
           std::any_of(components.begin(), components.end(),
                       [](std::string_view component) { return component.size() > NAME_MAX; });
}

// What is wrong with the program's path or name; empty if nothing is.
std::string_view find_path_fault(std::string_view path) {
    if (path.empty()) {
        return "the program is missing";
    }
    if (std::any_of(path.begin(), path.end(), is_unsafe)) {
        return "the program's name has a control character, a quote or a backslash in it";
    }
    if (path.starts_with('$')) {
        return "the program cannot be a variable";
    }
    if (path.starts_with('|')) {
        return "the prefix '|' is not supported; name the shell: /bin/sh -c '...'";
    }
    if (path.ends_with('/') || (path.starts_with('/') && simplify(path).empty())) {
        return "the program is a directory";
    }
    if (path == "." || path == ".." ||
        (!path.starts_with('/') && path.find('/') != std::string_view::npos)) {
        return "the program is neither an absolute path nor a plain name";
    }
    if (is_too_long(path)) {
        return "the program's path is too long";
    }
    return {};
}

std::variant<Command, CommandError> make_command(std::vector<Word> words) {
    if (words.empty()) {
        return CommandError{std::string(empty_message)};
    }
    const auto [prefixed, has_argv0, length] = read_prefixes(words.front().text);
    const std::string path = words.front().text.substr(length);
    if (const std::string_view fault = find_path_fault(path); !fault.empty()) {
        return error_at(words.front(), fault);
    }
    if (has_argv0 && words.size() == 1) {
        return error_at(words.front(), "after the prefix '@' argv[0] must follow the program");
    }
    Command command = prefixed;
    command.path = simplify(path);
    if (!has_argv0) {
        command.argv.push_back(path);
    }
    for (std::size_t index = 1; index < words.size(); ++index) {
        command.argv.push_back(std::move(words[index].text));
    }
    return command;
}

} // namespace

std::variant<Command, CommandError> parse_command(std::string_view text) {
    const std::size_t nul = text.find('\0');
    if (nul != std::string_view::npos) {
        return CommandError{std::string(nul_message), nul};
    }
    std::variant<std::vector<Word>, CommandError> words = split_words(text);
    if (const auto* error = std::get_if<CommandError>(&words)) {
        return *error;
    }
    return make_command(std::move(std::get<std::vector<Word>>(words)));
}

std::variant<Command, CommandError> parse_command(const std::vector<std::string>& argv) {
    std::vector<Word> words;
    for (const std::string& element : argv) {
        words.push_back({element, 0, static_cast<int>(words.size())});
        if (element.find('\0') != std::string::npos) {
            return error_at(words.back(), nul_message);
        }
    }
    return make_command(std::move(words));
}

} // namespace amphid
