// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/import_values.h"

#include "base/text.h"
#include "config/reading.h"

#include <cstdint>

namespace amphid {

namespace {

constexpr std::string_view blanks = " \t\r\n";

/// Parses one TOML value.
Value parsed_value(std::string_view toml, Position at) {
    Document document = parse_toml(concat("x = ", toml, '\n'));
    Value out = document.root.empty() ? Value{} : std::move(document.root.front().value);
    out.at = at;
    return out;
}

Value text_value(std::string text, Position at) {
    return {std::move(text), at};
}

std::optional<Value> list_of(Array elements, Position at) {
    if (elements.empty()) {
        return std::nullopt;
    }
    return Value{std::move(elements), at};
}

} // namespace

std::optional<std::vector<std::string>> words_of_value(std::string_view value) {
    std::vector<std::string> out;
    std::string word;
    bool in_word = false;
    char quote = '\0';
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (quote == '\0' && blanks.find(c) != std::string_view::npos) {
            if (in_word) {
                out.push_back(std::exchange(word, {}));
            }
            in_word = false;
        } else if (c == quote) {
            quote = '\0';
        } else if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
            in_word = true;
        } else {
            const bool escapes = c == '\\' && i + 1 < value.size();
            word += escapes ? value[++i] : c;
            in_word = true;
        }
    }
    if (quote != '\0') {
        return std::nullopt;
    }
    if (in_word) {
        out.push_back(word);
    }
    return out;
}

std::optional<std::string> ValueImporter::expanded(const UnitLine& line, std::string_view text) {
    char unknown = '\0';
    auto out = expand_specifiers(text, specifiers_, unknown);
    if (!out) {
        refuse_(line.at, concat(line.name, "=: the specifier %", unknown, " has no meaning here"));
    }
    return out;
}

std::optional<Value> ValueImporter::flag(const std::vector<UnitLine>& lines) {
    const UnitLine& line = lines.back();
    const auto flag = parse_boolean(line.value);
    if (!flag) {
        refuse_(line.at, concat(line.name, "=: expected a boolean, got '", line.value, '\''));
        return std::nullopt;
    }
    return Value{*flag, line.at};
}

std::optional<Value> ValueImporter::number(const std::vector<UnitLine>& lines) {
    const UnitLine& line = lines.back();
    const auto text = expanded(line, line.value);
    const auto number = text ? parse_number<std::int64_t>(*text) : std::nullopt;
    if (text && !number) {
        refuse_(line.at, concat(line.name, "=: expected a number, got '", *text, '\''));
    }
    return number ? std::optional(Value{*number, line.at}) : std::nullopt;
}

std::optional<Value> ValueImporter::text(const std::vector<UnitLine>& lines) {
    const UnitLine& line = lines.back();
    auto text = expanded(line, line.value);
    return text ? std::optional(text_value(std::move(*text), line.at)) : std::nullopt;
}

std::optional<Value> ValueImporter::whole_lines(const std::vector<UnitLine>& lines) {
    Array out;
    for (const UnitLine& line : lines) {
        if (auto text = expanded(line, line.value)) {
            out.push_back(text_value(std::move(*text), line.at));
        }
    }
    return list_of(std::move(out), lines.front().at);
}

std::optional<Value> ValueImporter::words(const std::vector<UnitLine>& lines) {
    Array out;
    for (const UnitLine& line : lines) {
        const auto words = words_of_value(line.value);
        if (!words) {
            refuse_(line.at, concat(line.name, "=: a quote is not closed"));
            continue;
        }
        for (const std::string& word : *words) {
            if (auto text = expanded(line, word)) {
                out.push_back(text_value(std::move(*text), line.at));
            }
        }
    }
    return list_of(std::move(out), lines.front().at);
}

std::optional<Value> ValueImporter::assignments(const std::vector<UnitLine>& lines) {
    auto all = words(lines);
    Array list = all ? std::get<Array>(std::move(all->data)) : Array{};
    Array out;
    for (Value& element : list) {
        const auto& text = std::get<std::string>(element.data);
        const auto equals = text.find('=');
        if (equals == std::string::npos ||
            !is_variable_name(std::string_view(text).substr(0, equals))) {
            refuse_(element.at,
                    concat("Environment=: '", text, "' is not an assignment NAME=value"));
        } else {
            out.push_back(std::move(element));
        }
    }
    return list_of(std::move(out), lines.front().at);
}

/// systemd splits before it expands: a specifier's value is always one word.
void ValueImporter::add_command(const UnitLine& line, std::string_view text, Array& out) {
    auto parsed = parse_command(text);
    if (const auto* error = std::get_if<CommandError>(&parsed)) {
        // A word ";" separates two commands.
        if (error->offset > 0 && error->offset < text.size() && text[error->offset] == ';') {
            add_command(line, text.substr(0, error->offset), out);
            const std::string_view rest = text.substr(error->offset + 1);
            if (rest.find_first_not_of(blanks) != std::string_view::npos) {
                add_command(line, rest, out);
            }
            return;
        }
        refuse_(line.at, concat(line.name, "=: ", error->message));
        return;
    }
    Command& command = std::get<Command>(parsed);
    const bool same = command.argv.front() == command.path;
    std::vector<std::string*> all{&command.path};
    for (std::string& word : command.argv) {
        all.push_back(&word);
    }
    for (std::string* word : all) {
        auto text_of_word = expanded(line, *word);
        if (!text_of_word) {
            return;
        }
        *word = std::move(*text_of_word);
    }
    command.argv.front() = same ? command.path : command.argv.front();
    if (privileged_ && line.name != "ExecStart" && command.privileges == Privileges::normal) {
        command.privileges = Privileges::privileged;
    }
    out.push_back(parsed_value(print_value(command), line.at));
}

std::optional<Value> ValueImporter::commands(const std::vector<UnitLine>& lines) {
    Array out;
    for (const UnitLine& line : lines) {
        add_command(line, line.value, out);
    }
    if (out.size() == 1 && lines.front().name == "ExecStart") {
        return std::move(out.front());
    }
    return list_of(std::move(out), lines.front().at);
}

} // namespace amphid
