// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/reading.h"

#include "base/exit_status_name.h"
#include "base/signal_name.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace amphid {

const std::string* text_in(const Value& value) {
    const auto* text = std::get_if<std::string>(&value.data);
    return text != nullptr && text->find('\0') == std::string::npos ? text : nullptr;
}

namespace {

std::string quoted(std::string_view text) {
    return concat('\'', text, '\'');
}

/// A path as systemd takes it: absolute and without "..", so that it is unambiguous.
std::optional<std::string> wrong_path(std::string_view path) {
    if (path.empty() || path.front() != '/') {
        return concat("expected an absolute path, got ", quoted(path));
    }
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    if (std::any_of(path.begin(), path.end(), is_control)) {
        return "a path must not contain control characters";
    }
    for (const std::string_view part : split(path, '/')) {
        if (part == "..") {
            return concat("the path ", quoted(path), " must not contain '..'");
        }
    }
    return std::nullopt;
}

/// A position inside a one-line string, if it has no escapes that would shift the columns.
Position inside(const Value& value, std::string_view text, std::size_t offset) {
    if (text.find_first_of("\\\n\"") != std::string_view::npos) {
        return value.at;
    }
    int column = value.at.column + 1;
    for (const char c : text.substr(0, offset)) {
        column += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
    }
    return {value.at.line, column};
}

/// One element of success-exit-status.
std::optional<Refusal> read_status(const Value& value, ExitStatusSet& out) {
    if (const auto* code = std::get_if<std::int64_t>(&value.data)) {
        if (*code < 0 || *code > 255) {
            return Refusal{concat("an exit code is 0 to 255, got ", *code), value.at};
        }
        out.codes.push_back(static_cast<int>(*code));
        return std::nullopt;
    }
    const auto* text = text_in(value);
    if (text == nullptr) {
        return wrong_kind(value, "an exit code, its name or the name of a signal");
    }
    const auto code = exit_status_of_name(*text);
    if (code) {
        out.codes.push_back(*code);
        return std::nullopt;
    }
    const bool is_name = text->find_first_of("0123456789+- ") != 0;
    const auto signal = is_name ? parse_signal(*text) : std::nullopt;
    if (!signal) {
        return Refusal{
            concat("expected an exit code, its name or the name of a signal, got ", quoted(*text)),
            value.at};
    }
    out.signals.push_back(*signal);
    return std::nullopt;
}

std::optional<Refusal> add_assignment(const Value& value, std::string_view name,
                                      std::string_view text, Assignments& out) {
    if (!is_variable_name(name)) {
        return Refusal{concat(quoted(name), " is not the name of an environment variable"),
                       value.at};
    }
    set_variable(out.list, name, text);
    return std::nullopt;
}

/// An easy mistake: the words of one command where a list of commands is expected.
std::optional<Refusal> looks_like_an_argument(const Value& element, std::size_t index) {
    const auto* text = std::get_if<std::string>(&element.data);
    const auto begin = text == nullptr ? 0 : text->find_first_not_of("-@:+!");
    if (index == 0 || text == nullptr || (begin != std::string::npos && (*text)[begin] == '/')) {
        return std::nullopt;
    }
    return Refusal{concat("this is a list of commands, and ", quoted(*text),
                          " is not an absolute path; write a command with its arguments as one "
                          "string, or as an array of its own"),
                   element.at};
}

std::optional<Refusal> read_command(const Value& value, Command& out) {
    std::variant<Command, CommandError> parsed;
    Position at = value.at;
    if (const auto* text = std::get_if<std::string>(&value.data)) {
        parsed = parse_command(*text);
        if (const auto* error = std::get_if<CommandError>(&parsed)) {
            at = inside(value, *text, error->offset);
        }
    } else if (const auto* array = std::get_if<Array>(&value.data)) {
        std::vector<std::string> argv;
        for (const Value& element : *array) {
            const auto* word = std::get_if<std::string>(&element.data);
            if (word == nullptr) {
                return wrong_kind(element, "a string");
            }
            argv.push_back(*word);
        }
        parsed = parse_command(argv);
        const auto* error = std::get_if<CommandError>(&parsed);
        if (error != nullptr && static_cast<std::size_t>(error->element) < array->size()) {
            at = (*array)[static_cast<std::size_t>(error->element)].at;
        }
    } else {
        return wrong_kind(value, "a command (an array of strings or a string)");
    }
    if (auto* error = std::get_if<CommandError>(&parsed)) {
        return Refusal{std::move(error->message), at};
    }
    out = std::move(std::get<Command>(parsed));
    return std::nullopt;
}

} // namespace

Refusal wrong_kind(const Value& value, std::string_view expected) {
    const auto* text = std::get_if<std::string>(&value.data);
    const bool nul = text != nullptr && text->find('\0') != std::string::npos;
    return {concat("expected ", expected, ", got ", kind_of(value), nul ? " with a NUL in it" : ""),
            value.at};
}

Refusal wrong_word(const Value& value, std::string_view word,
                   std::span<const std::string_view> words) {
    std::string message = concat("unknown value ", quoted(word), "; expected one of ");
    for (std::size_t i = 0; i < words.size(); ++i) {
        message += concat(i > 0 ? ", " : "", words[i]);
    }
    const std::string_view near = nearest(word, words);
    return {near.empty() ? message : concat(message, "; did you mean ", quoted(near), "?"),
            value.at};
}

std::optional<Refusal> read_value(const Value& value, std::string& out) {
    const auto* text = text_in(value);
    if (text == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    if (text->find('\n') != std::string::npos) {
        return Refusal{"expected one line of text", value.at};
    }
    out = *text;
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, Path& out) {
    const auto* text = text_in(value);
    if (text == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    if (auto why = wrong_path(*text)) {
        return Refusal{std::move(*why), value.at};
    }
    out.text = *text;
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, bool& out) {
    const auto* flag = std::get_if<bool>(&value.data);
    if (flag == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    out = *flag;
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, unsigned& out) {
    const auto* number = std::get_if<std::int64_t>(&value.data);
    if (number == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    if (*number < 0 || *number > std::numeric_limits<unsigned>::max()) {
        return Refusal{concat("expected ", looks_like(out), ", got ", *number), value.at};
    }
    out = static_cast<unsigned>(*number);
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, TimeSpan& out) {
    if (const auto* whole = std::get_if<std::int64_t>(&value.data)) {
        if (*whole >= 0) {
            out = seconds(*whole);
            return std::nullopt;
        }
        return Refusal{concat("a time span must not be negative, got ", *whole), value.at};
    }
    if (const auto* number = std::get_if<double>(&value.data)) {
        constexpr double most = 9e12; // seconds; beyond it the microseconds overflow
        if (!(*number >= 0) || (std::isfinite(*number) && *number > most)) {
            return Refusal{"a time span must not be negative, and below 9e12 s", value.at};
        }
        if (!std::isfinite(*number)) {
            out = TimeSpan::infinity();
            return std::nullopt;
        }
        // Rounded by hand: llround would make every start load libm.
        const double usec = *number * 1e6;
        const auto whole = static_cast<std::int64_t>(usec);
        out = microseconds(usec - static_cast<double>(whole) >= 0.5 ? whole + 1 : whole);
        return std::nullopt;
    }
    const auto* text = text_in(value);
    if (text == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    const auto span = parse_time_span(*text);
    if (!span) {
        return Refusal{concat("expected ", looks_like(out), ", got ", quoted(*text)), value.at};
    }
    out = *span;
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, StartCommands& out) {
    const auto* array = std::get_if<Array>(&value.data);
    const bool several =
        array != nullptr && !array->empty() && std::holds_alternative<Array>(array->front().data);
    if (several) {
        Commands read;
        auto refusal = read_value(value, read);
        if (!refusal) {
            out.list = std::move(read.list);
        }
        return refusal;
    }
    Command read;
    if (auto refusal = read_command(value, read)) {
        return refusal;
    }
    out.list = {std::move(read)};
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, Command& out) {
    return read_command(value, out);
}

std::optional<Refusal> read_value(const Value& value, Commands& out) {
    const auto* array = std::get_if<Array>(&value.data);
    Commands read;
    if (array == nullptr) {
        read.list.emplace_back();
        if (auto refusal = read_command(value, read.list.back())) {
            return refusal;
        }
    } else {
        for (const Value& element : *array) {
            if (auto refusal = looks_like_an_argument(element, read.list.size())) {
                return refusal;
            }
            read.list.emplace_back();
            if (auto refusal = read_command(element, read.list.back())) {
                return refusal;
            }
        }
    }
    out = std::move(read);
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, FileMode& out) {
    // No integers: 22 would be decimal in TOML and octal everywhere else.
    const auto* text = text_in(value);
    if (text == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    mode_t bits = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), bits, 8);
    if (error != std::errc{} || end != text->data() + text->size() || bits > 07777) {
        return Refusal{concat("expected ", looks_like(out), ", got ", quoted(*text)), value.at};
    }
    out.bits = bits;
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, Assignments& out) {
    Assignments read;
    if (const auto* table = std::get_if<Table>(&value.data)) {
        for (const Member& member : *table) {
            const auto* text = text_in(member.value);
            if (text == nullptr) {
                return wrong_kind(member.value, "a string");
            }
            if (auto refusal = add_assignment(member.value, member.key, *text, read)) {
                return refusal;
            }
        }
    } else if (std::holds_alternative<Array>(value.data) || text_in(value) != nullptr) {
        const auto* array = std::get_if<Array>(&value.data);
        for (const Value& element : array != nullptr ? *array : Array{value}) {
            const auto* text = text_in(element);
            const auto equals = text == nullptr ? std::string::npos : text->find('=');
            if (equals == std::string::npos) {
                return text == nullptr
                           ? wrong_kind(element, "a string \"NAME=value\"")
                           : Refusal{concat("expected \"NAME=value\", got ", quoted(*text)),
                                     element.at};
            }
            const std::string_view whole = *text;
            if (auto refusal = add_assignment(element, whole.substr(0, equals),
                                              whole.substr(equals + 1), read)) {
                return refusal;
            }
        }
    } else {
        return wrong_kind(value, looks_like(out));
    }
    out = std::move(read);
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, Output& out) {
    const auto* text = text_in(value);
    if (text == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    const auto colon = text->find(':');
    std::string_view word = std::string_view(*text).substr(0, colon);
    const bool console = word.ends_with(console_suffix);
    word.remove_suffix(console ? console_suffix.size() : 0);
    const auto kind = from_name<OutputKind>(word);
    const bool logs = kind && *kind >= OutputKind::journal && *kind <= OutputKind::kmsg;
    const bool ours = kind == OutputKind::automatic || kind == OutputKind::log; // internal
    const bool known = kind && !ours && (logs || !console);
    const bool needs_path = known && *kind >= OutputKind::file;
    if (!known || needs_path != (colon != std::string::npos)) {
        return Refusal{concat("expected ", looks_like(out), ", got ", quoted(*text)), value.at};
    }
    const std::string path = needs_path ? text->substr(colon + 1) : std::string();
    if (needs_path) {
        if (auto why = wrong_path(path)) {
            return Refusal{std::move(*why), value.at};
        }
        if (path.ends_with('/')) {
            return Refusal{concat(quoted(path), " is a directory, not a file"), value.at};
        }
    }
    out = {*kind, path, console};
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, ExitStatusSet& out) {
    ExitStatusSet read;
    const auto add = [&](const Value& element) { return read_status(element, read); };
    if (auto refusal = read_one_or_each(value, add)) {
        return refusal;
    }
    out = std::move(read);
    return std::nullopt;
}

} // namespace amphid
