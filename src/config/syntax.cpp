// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/syntax.h"

#include "base/text.h"

#include <algorithm>
#include <vector>

namespace amphid {

namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::string_view bare_key =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    return first == std::string_view::npos
               ? std::string_view()
               : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// One header or one key with its value: the lines [first, last] of the text, from 0.
struct Statement {
    std::size_t first = 0;
    std::size_t last = 0;
    std::string text;  // without the last line end
    bool open = false; // an unterminated array or multi-line string
    bool is_header() const { return trimmed(text).starts_with('['); }
};

/// Tracks across lines how deep in arrays and strings we are.
class Nesting {
public:
    bool is_open() const { return depth_ > 0 || !quotes_.empty(); }
    bool in_array() const { return depth_ > 0 && quotes_.empty(); }

    void take(std::string_view line) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (!quotes_.empty()) {
                i += in_string(line.substr(i));
            } else if (line[i] == '#') {
                return;
            } else if (line[i] == '"' || line[i] == '\'') {
                const std::string threefold(3, line[i]);
                const bool several = line.substr(i).starts_with(threefold);
                quotes_ = several ? threefold : std::string(1, line[i]);
                i += quotes_.size() - 1;
            } else {
                depth_ += line[i] == '[' ? 1 : line[i] == ']' ? -1 : 0;
            }
        }
        quotes_.resize(quotes_.size() == 3 ? 3 : 0); // other strings end with the line
    }

private:
    /// How many extra characters it consumes.
    std::size_t in_string(std::string_view rest) {
        if (quotes_.front() == '"' && rest.front() == '\\') {
            return 1;
        }
        if (!rest.starts_with(quotes_)) {
            return 0;
        }
        const std::size_t length = quotes_.size();
        quotes_.clear();
        return length - 1;
    }

    int depth_ = 0;
    std::string quotes_;
};

bool is_bare(std::string_view key) {
    return !key.empty() && key.find_first_not_of(bare_key) == std::string_view::npos;
}

/// "KEY =" or "[TABLE]", which no line inside an array starts with.
bool begins_a_statement(std::string_view line) {
    const auto equals = line.find('=');
    if (equals != std::string_view::npos && is_bare(trimmed(line.substr(0, equals)))) {
        return true;
    }
    const std::string_view name = trimmed(line);
    return name.size() > 2 && name.front() == '[' && name.back() == ']' &&
           name.find_first_not_of(concat(bare_key, "."), 1) == name.size() - 1;
}

Statement take_statement(const std::vector<std::string_view>& lines, std::size_t first) {
    Statement out{first, first, std::string(lines[first]), false};
    const auto equals = lines[first].find('=');
    if (out.is_header() || equals == std::string_view::npos) {
        return out;
    }
    Nesting nesting;
    nesting.take(lines[first].substr(equals + 1));
    while (nesting.is_open()) {
        const std::size_t next = out.last + 1;
        if (next == lines.size() || (nesting.in_array() && begins_a_statement(lines[next]))) {
            out.open = true;
            return out;
        }
        nesting.take(lines[next]);
        out.last = next;
        out.text += concat('\n', lines[next]);
    }
    return out;
}

std::vector<Statement> statements_of(std::string_view text) {
    const auto lines = split(text, '\n');
    std::vector<Statement> out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view line = trimmed(lines[i]);
        if (!line.empty() && line.front() != '#') {
            out.push_back(take_statement(lines, i));
            i = out.back().last;
        }
    }
    return out;
}

/// The name in "[service]", even if the closing bracket is missing.
std::string_view table_in(const Statement& header) {
    std::string_view name = trimmed(header.text);
    name.remove_prefix(std::min(name.find_first_not_of('['), name.size()));
    return trimmed(name.substr(0, name.find_first_of("]#")));
}

std::string_view key_in(const Statement& statement) {
    return trimmed(std::string_view(statement.text).substr(0, statement.text.find('=')));
}

std::optional<ValueMistake> about_header(const Statement& header) {
    const std::string& text = header.text;
    const std::size_t begin = text.find('[');
    const std::string_view name = table_in(header);
    const auto end = text.find(']');
    if (end == std::string::npos) {
        return ValueMistake{begin, concat("the table name is not closed: write [", name, ']')};
    }
    if (name.empty()) {
        return ValueMistake{begin, "a table needs a name"};
    }
    if (name.find_first_not_of(concat(bare_key, ".\"'")) != std::string_view::npos) {
        return ValueMistake{begin + 1, "a table name consists of letters, digits, '-' and '_'"};
    }
    const std::string_view behind = std::string_view(text).substr(end + 1);
    const auto more = behind.find_first_not_of(concat(blanks, "]"));
    if (more != std::string_view::npos && behind[more] != '#') {
        return ValueMistake{end + 1 + more, "only a comment may follow the table name"};
    }
    return std::nullopt;
}

std::optional<ValueMistake> about_key(const Statement& statement) {
    const std::string& text = statement.text;
    const std::size_t begin = text.find_first_not_of(blanks);
    const std::string_view whole = trimmed(text);
    if (whole.starts_with(';') || whole.starts_with("//")) {
        return ValueMistake{begin, "a comment begins with '#'"};
    }
    const auto equals = text.find('=');
    const auto colon = text.find(':');
    if (equals == std::string::npos ||
        (colon < equals && is_bare(trimmed(whole.substr(0, colon - begin))))) {
        const bool other =
            colon != std::string::npos && is_bare(trimmed(whole.substr(0, colon - begin)));
        return other ? ValueMistake{colon, "write '=' between key and value, not ':'"}
                     : ValueMistake{begin, "expected KEY = VALUE or [TABLE]"};
    }
    const std::string_view key = key_in(statement);
    if (key.empty()) {
        return ValueMistake{equals, "a key is missing before '='"};
    }
    if (key.find_first_not_of(concat(bare_key, ".\"'")) != std::string_view::npos) {
        return ValueMistake{begin, "a key consists of letters, digits, '-' and '_'"};
    }
    return std::nullopt;
}

std::optional<ValueMistake> about_assignment(const Statement& statement) {
    if (auto mistake = about_key(statement)) {
        return mistake;
    }
    const std::string_view text = statement.text;
    const std::size_t equals = text.find('=');
    std::size_t at = text.find_first_not_of(blanks, equals + 1);
    if (at == std::string_view::npos || text[at] == '#') {
        return ValueMistake{equals, "a value is missing after '='"};
    }
    const char first = text[at];
    if (auto mistake = find_value_mistake(text, at, key_in(statement))) {
        return mistake;
    }
    const auto more = text.find_first_not_of(blanks, at);
    if (more == std::string_view::npos || text[more] == '#') {
        return std::nullopt;
    }
    const bool words = first == '"' && (text[more] == '"' || text[more] == ',');
    return ValueMistake{more, words ? "write several values as an array: [\"…\", \"…\"]"
                                    : "only a comment may follow the value"};
}

/// The earlier statement with the same key or table header; nullptr if there is none.
const Statement* earlier(const std::vector<Statement>& all, const Statement& statement) {
    std::string_view table;
    std::string_view own_table;
    for (const Statement& other : all) {
        table = other.is_header() ? table_in(other) : table;
        if (&other == &statement) {
            own_table = table;
            break;
        }
    }
    table = {};
    for (const Statement& other : all) {
        if (&other == &statement) {
            return nullptr;
        }
        table = other.is_header() ? table_in(other) : table;
        if (other.is_header() == statement.is_header() && table == own_table &&
            (other.is_header() || key_in(other) == key_in(statement))) {
            return &other;
        }
    }
    return nullptr;
}

ValueMistake about(const std::vector<Statement>& all, const Statement& statement) {
    auto mistake = statement.is_header() ? about_header(statement) : about_assignment(statement);
    if (mistake) {
        return *mistake;
    }
    const std::size_t begin = statement.text.find_first_not_of(blanks);
    if (const Statement* other = earlier(all, statement)) {
        return statement.is_header()
                   ? ValueMistake{begin, concat("the table [", table_in(statement),
                                                "] is already defined in line ", other->first + 1,
                                                "; put its keys there")}
                   : ValueMistake{begin, concat('\'', key_in(statement),
                                                "' is already set in line ", other->first + 1)};
    }
    return {begin, "this is not valid TOML"};
}

Position place_in(const Statement& statement, std::size_t at) {
    const std::string_view before = std::string_view(statement.text).substr(0, at);
    const auto line = std::count(before.begin(), before.end(), '\n');
    const auto begin = before.find_last_of('\n');
    const std::string_view own = before.substr(begin == std::string_view::npos ? 0 : begin + 1);
    const auto column =
        std::count_if(own.begin(), own.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; });
    return {static_cast<int>(statement.first) + static_cast<int>(line) + 1,
            static_cast<int>(column) + 1};
}

/// Blanks the lines of the statement. The name of a header is kept, since its keys do not belong to
/// the table before. If a table's header is repeated, its keys are removed as well.
std::string without(std::string_view text, const std::vector<Statement>& all,
                    const Statement& statement) {
    auto lines = split(text, '\n');
    std::string header;
    std::size_t last = statement.last;
    if (statement.is_header()) {
        const std::string_view name = table_in(statement);
        header = is_bare(name) && earlier(all, statement) == nullptr ? concat('[', name, ']') : "";
        header = header == trimmed(statement.text) ? "" : header;
        for (std::size_t i = 0; header.empty() && i < all.size(); ++i) {
            if (all[i].first > statement.first && all[i].is_header()) {
                break;
            }
            last = std::max(last, all[i].last);
        }
    }
    std::string out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool gone = i >= statement.first && i <= last;
        out += concat(i > 0 ? "\n" : "", gone ? i == statement.first ? header : "" : lines[i]);
    }
    return out;
}

} // namespace

std::optional<Diagnostic> recognize_unit_file(std::string_view text) {
    constexpr std::string_view headers[] = {"[Unit]", "[Service]", "[Install]", "[Socket]",
                                            "[Timer]"};
    const auto lines = split(text, '\n');
    int line = 0;
    for (const std::string_view each : lines) {
        ++line;
        if (std::find(std::begin(headers), std::end(headers), trimmed(each)) != std::end(headers)) {
            return Diagnostic{Diagnostic::Severity::error,
                              {line, 1},
                              "this is a systemd unit file; `amphid import FILE` turns it into a "
                              "configuration"};
        }
    }
    return std::nullopt;
}

std::optional<Diagnostic> find_wrong_byte(std::string_view text) {
    Position at{1, 1};
    while (!text.empty()) {
        const auto first = static_cast<unsigned char>(text.front());
        const std::size_t length = utf8_length(text);
        const bool control =
            (first < 0x20 && first != '\t' && first != '\n' && first != '\r') || first == 0x7f;
        if (length == 0 || control) {
            constexpr std::string_view digits = "0123456789abcdef";
            return Diagnostic{
                Diagnostic::Severity::error, at,
                concat(length == 0 ? "the file is not UTF-8: byte 0x" : "control character 0x",
                       digits[first >> 4], digits[first & 15])};
        }
        at = first == '\n' ? Position{at.line + 1, 1} : Position{at.line, at.column + 1};
        text.remove_prefix(length);
    }
    return std::nullopt;
}

SyntaxMistake explain_syntax(const std::string& text, Position stopped) {
    const std::vector<Statement> all = statements_of(text);
    const Statement* guilty = nullptr;
    for (const Statement& statement : all) {
        const auto line = static_cast<std::size_t>(std::max(stopped.line, 1)) - 1;
        if (statement.first > line) {
            break;
        }
        guilty = &statement;
        if (statement.open) {
            break; // the parser noticed the mistake later
        }
    }
    if (guilty == nullptr) {
        return {{Diagnostic::Severity::error, stopped, "this is not valid TOML"}, std::nullopt};
    }
    ValueMistake mistake = about(all, *guilty);
    return {
        {Diagnostic::Severity::error, place_in(*guilty, mistake.at), std::move(mistake.message)},
        without(text, all, *guilty)};
}

} // namespace amphid
