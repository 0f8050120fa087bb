// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/reading.h"
#include "plan/sandbox_syntax.h"

// The values of the keys that confine a service.

namespace amphid {

namespace {

/// Each string is a line of the directive.
template <class Lines>
std::optional<Refusal> read_lines(const Value& value, Lines& out) {
    Lines read;
    const auto add = [&](const Value& element) -> std::optional<Refusal> {
        const std::string* const text = text_in(element);
        if (text == nullptr) {
            return wrong_kind(element, looks_like(out));
        }
        if (std::string mistake = mistake_in(out, *text); !mistake.empty()) {
            return Refusal{std::move(mistake), element.at};
        }
        read.list.push_back(*text);
        return std::nullopt;
    };
    if (auto refusal = read_one_or_each(value, add)) {
        return refusal;
    }
    out = std::move(read);
    return std::nullopt;
}

template <class Lines>
std::string print_lines(const Lines& value) {
    std::string out;
    for (const std::string& line : value.list) {
        out += concat(out.empty() ? "" : ", ", json_string(line));
    }
    return value.list.size() > 1 ? concat('[', out, ']') : out;
}

} // namespace

std::optional<Refusal> read_value(const Value& value, SystemCalls& out) {
    SystemCalls read;
    if (auto refusal = read_lines(value, read)) {
        return refusal;
    }
    // In a list that denies, a line without "~" takes calls out of it again.
    const bool denies = !read.list.empty() && read.list.front().starts_with('~');
    for (std::size_t i = 1; denies && i < read.list.size(); ++i) {
        const auto before =
            merged(SystemCalls{{read.list.begin(), read.list.begin() + static_cast<long>(i)}});
        const auto after =
            merged(SystemCalls{{read.list.begin(), read.list.begin() + static_cast<long>(i) + 1}});
        if (!read.list[i].starts_with('~') && before->calls == after->calls) {
            return Refusal{concat("'", read.list[i], "' allows nothing that '", read.list.front(),
                                  "' denies; to deny it, write '~", read.list[i], "'"),
                           std::get_if<Array>(&value.data)->at(i).at};
        }
    }
    out = std::move(read);
    return std::nullopt;
}
std::optional<Refusal> read_value(const Value& value, AddressFamilies& out) {
    return read_lines(value, out);
}
std::optional<Refusal> read_value(const Value& value, NamespaceKinds& out) {
    if (const auto* flag = std::get_if<bool>(&value.data)) {
        out.list = {*flag ? "yes" : "no"};
        return std::nullopt;
    }
    return read_lines(value, out);
}
std::optional<Refusal> read_value(const Value& value, ArchitectureNames& out) {
    return read_lines(value, out);
}
std::optional<Refusal> read_value(const Value& value, CallError& out) {
    const auto* number = std::get_if<std::int64_t>(&value.data);
    const std::string* const written = text_in(value);
    if (number == nullptr && written == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    const std::string text = number != nullptr ? concat(*number) : *written;
    if (std::string mistake = mistake_in(out, text); !mistake.empty()) {
        return Refusal{std::move(mistake), value.at};
    }
    out.text = text;
    return std::nullopt;
}

std::string looks_like(const SystemCalls&) {
    return "system calls and groups of them, each string with a leading \"~\" for all but these";
}
std::string looks_like(const AddressFamilies&) {
    return "address families such as AF_UNIX, with a leading \"~\" for all but these; or none";
}
std::string looks_like(const NamespaceKinds&) {
    return "true or false, or kinds such as net, with a leading \"~\" for all but these";
}
std::string looks_like(const ArchitectureNames&) {
    return "a list of architectures, such as \"native\"";
}
std::string looks_like(const CallError&) {
    return "an errno such as EPERM, or kill";
}

std::string print_value(const SystemCalls& value) {
    return print_lines(value);
}
std::string print_value(const AddressFamilies& value) {
    return print_lines(value);
}
std::string print_value(const NamespaceKinds& value) {
    const bool is_flag = value.list.size() == 1 && parse_boolean(value.list.front());
    return is_flag ? print_value(*parse_boolean(value.list.front())) : print_lines(value);
}
std::string print_value(const ArchitectureNames& value) {
    return print_lines(value);
}
std::string print_value(const CallError& value) {
    return value.text.empty() ? std::string() : json_string(value.text);
}

} // namespace amphid
