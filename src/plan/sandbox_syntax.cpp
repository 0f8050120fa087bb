// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/sandbox_syntax.h"

#include "base/text.h"
#include "plan/call_groups.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace amphid {

namespace {

struct Line {
    bool inverted = false;
    std::vector<std::string_view> words;
};

Line parsed(std::string_view text) {
    Line out;
    out.inverted = text.starts_with('~');
    for (const std::string_view word : split(text.substr(out.inverted ? 1 : 0), ' ')) {
        if (!word.empty()) {
            out.words.push_back(word);
        }
    }
    return out;
}

std::string unknown(std::string_view what, std::string_view word, std::string_view near) {
    return concat("unknown ", what, " '", word, '\'',
                  near.empty() ? "" : concat("; did you mean '", near, "'?"));
}

constexpr int highest_errno = 4095;

struct ErrnoName {
    std::string_view name;
    int number;
};
/// Further names of numbers that have another one already.
constexpr ErrnoName errno_aliases[] = {
    {"EWOULDBLOCK", EWOULDBLOCK}, {"EDEADLOCK", EDEADLOCK}, {"ENOTSUP", ENOTSUP}};

/// An errno by name or number, or "kill".
std::optional<int> parse_action(std::string_view text) {
    if (text == "kill") {
        return kill_process;
    }
    for (const ErrnoName& alias : errno_aliases) {
        if (alias.name == text) {
            return alias.number;
        }
    }
    for (int number = 1; number < 140; ++number) {
        const char* const name = ::strerrorname_np(number);
        if (name != nullptr && text == name) {
            return number;
        }
    }
    const auto number = parse_number<int>(text);
    return number && *number >= 0 && *number <= highest_errno ? number : std::nullopt;
}

struct Family {
    std::string_view name;
    unsigned number;
};
/// bits/socket.h; newer ones are missing from older headers.
constexpr Family families[] = {
    {"AF_UNIX", 1},       {"AF_LOCAL", 1},       {"AF_INET", 2},      {"AF_AX25", 3},
    {"AF_IPX", 4},        {"AF_APPLETALK", 5},   {"AF_NETROM", 6},    {"AF_BRIDGE", 7},
    {"AF_ATMPVC", 8},     {"AF_X25", 9},         {"AF_INET6", 10},    {"AF_ROSE", 11},
    {"AF_DECnet", 12},    {"AF_NETBEUI", 13},    {"AF_SECURITY", 14}, {"AF_KEY", 15},
    {"AF_NETLINK", 16},   {"AF_ROUTE", 16},      {"AF_PACKET", 17},   {"AF_ASH", 18},
    {"AF_ECONET", 19},    {"AF_ATMSVC", 20},     {"AF_RDS", 21},      {"AF_SNA", 22},
    {"AF_IRDA", 23},      {"AF_PPPOX", 24},      {"AF_WANPIPE", 25},  {"AF_LLC", 26},
    {"AF_IB", 27},        {"AF_MPLS", 28},       {"AF_CAN", 29},      {"AF_TIPC", 30},
    {"AF_BLUETOOTH", 31}, {"AF_IUCV", 32},       {"AF_RXRPC", 33},    {"AF_ISDN", 34},
    {"AF_PHONET", 35},    {"AF_IEEE802154", 36}, {"AF_CAIF", 37},     {"AF_ALG", 38},
    {"AF_NFC", 39},       {"AF_VSOCK", 40},      {"AF_KCM", 41},      {"AF_QIPCRTR", 42},
    {"AF_SMC", 43},       {"AF_XDP", 44},        {"AF_MCTP", 45}};

template <class Table>
auto row_named(const Table& table, std::string_view name) {
    return std::find_if(std::begin(table), std::end(table),
                        [&](const auto& row) { return row.name == name; });
}

template <class Table>
std::string_view nearest_name(const Table& table, std::string_view name) {
    std::vector<std::string_view> names;
    for (const auto& row : table) {
        names.push_back(row.name);
    }
    return nearest(name, names);
}

/// "read:EPERM" is a call and what happens when it is denied.
std::pair<std::string_view, std::string_view> call_and_error(std::string_view word) {
    const auto colon = word.find(':');
    return {word.substr(0, colon),
            colon == std::string_view::npos ? std::string_view() : word.substr(colon + 1)};
}

void apply(std::string_view name, bool adds, int action, CallList& out) {
    if (name.starts_with('@')) {
        for (const std::string_view member : split(members_of_group(name), ' ')) {
            apply(member, adds, action, out);
        }
    } else if (adds) {
        out.calls.insert_or_assign(std::string(name), action);
    } else {
        out.calls.erase(std::string(name));
    }
}

} // namespace

std::string mistake_in(const SystemCalls&, std::string_view text) {
    for (const std::string_view word : parsed(text).words) {
        const auto [name, error] = call_and_error(word);
        if (name.starts_with('~')) {
            return concat("'", word,
                          "': a \"~\" is the first character of a list, and is for all "
                          "of its words");
        }
        const bool is_group = name.starts_with('@');
        if (is_group ? members_of_group(name).empty() : !is_system_call(name)) {
            return unknown(is_group ? "group of system calls" : "system call", name,
                           nearest_call(name));
        }
        if (word.find(':') != std::string_view::npos && !parse_action(error)) {
            return concat("unknown errno '", error, "' after '", name, '\'');
        }
    }
    return {};
}

std::string mistake_in(const AddressFamilies&, std::string_view text) {
    const Line line = parsed(text);
    for (const std::string_view word : line.words) {
        const bool is_none = word == "none" && line.words.size() == 1 && !line.inverted;
        if (!is_none && row_named(families, word) == std::end(families)) {
            return unknown("address family", word, nearest_name(families, word));
        }
    }
    return {};
}

std::string mistake_in(const NamespaceKinds&, std::string_view text) {
    const Line line = parsed(text);
    for (const std::string_view word : line.words) {
        const bool is_all = line.words.size() == 1 && !line.inverted && parse_boolean(word);
        if (!is_all && row_named(namespace_kinds, word) == std::end(namespace_kinds)) {
            return unknown("kind of namespaces", word, nearest_name(namespace_kinds, word));
        }
    }
    return {};
}

std::string mistake_in(const ArchitectureNames&, std::string_view text) {
    constexpr auto names = enum_names(Architecture{});
    for (const std::string_view word : split(text, ' ')) {
        if (!word.empty() && word != "native" && !from_name<Architecture>(word)) {
            return unknown("architecture", word, nearest(word, names));
        }
    }
    return {};
}

std::string mistake_in(const CallError&, std::string_view text) {
    return parse_action(text)
               ? std::string()
               : concat("expected an errno such as EPERM, or kill, got '", text, '\'');
}

std::optional<CallList> merged(const SystemCalls& lines) {
    if (lines.list.empty()) {
        return std::nullopt;
    }
    CallList out;
    out.allows = !parsed(lines.list.front()).inverted;
    if (out.allows) {
        apply("@default", true, default_action, out);
    }
    for (const std::string& text : lines.list) {
        const Line line = parsed(text);
        for (const std::string_view word : line.words) {
            const auto [name, error] = call_and_error(word);
            const auto action = parse_action(error);
            // With an errno, "~" in a list that allows denies instead of forgetting.
            const bool adds = line.inverted != out.allows || (line.inverted && action);
            apply(name, adds, action.value_or(default_action), out);
        }
    }
    return out;
}

std::optional<FamilyList> merged(const AddressFamilies& lines) {
    if (lines.list.empty()) {
        return std::nullopt;
    }
    FamilyList out;
    out.allows = !parsed(lines.list.front()).inverted;
    auto& known = out.families;
    for (const std::string& text : lines.list) {
        const Line line = parsed(text);
        if (text == "none") {
            out = {true, {}};
            continue;
        }
        for (const std::string_view word : line.words) {
            const auto family = row_named(families, word);
            if (family == std::end(families)) {
                continue;
            }
            known.erase(std::remove(known.begin(), known.end(), family->number), known.end());
            if (line.inverted != out.allows) {
                known.push_back(family->number);
            }
        }
    }
    std::sort(known.begin(), known.end());
    return out;
}

std::optional<unsigned> merged(const NamespaceKinds& lines) {
    unsigned all = 0;
    for (const NamespaceKind& kind : namespace_kinds) {
        all |= kind.flag;
    }
    std::optional<unsigned> out;
    for (const std::string& text : lines.list) {
        const Line line = parsed(text);
        if (const auto flag = parse_boolean(text)) {
            out = *flag ? 0 : all;
            continue;
        }
        unsigned named = 0;
        for (const std::string_view word : line.words) {
            const auto kind = row_named(namespace_kinds, word);
            named |= kind == std::end(namespace_kinds) ? 0 : kind->flag;
        }
        out = line.inverted ? out.value_or(all) & ~named : out.value_or(0) | named;
    }
    return out == all ? std::nullopt : out;
}

int action_of(const CallError& error) {
    return parse_action(error.text).value_or(kill_process);
}

} // namespace amphid
