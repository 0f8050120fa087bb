// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/specifiers.h"

#include "base/unit_escape.h"

namespace amphid {

Specifiers specifiers_of(std::string_view unit) {
    Specifiers out;
    const std::string_view stem = unit.substr(0, unit.find_last_of('.'));
    const auto at = stem.find('@');
    const bool has_instance = at != std::string_view::npos;
    const std::string prefix(stem.substr(0, at));
    const std::string instance(has_instance ? stem.substr(at + 1) : "");
    const std::string last = prefix.substr(prefix.find_last_of('-') + 1);
    out.of_template = has_instance && instance.empty();
    const std::string_view suffix = unit.substr(stem.size());
    const std::string name = out.of_template ? std::string(stem) + "%i" : std::string(stem);
    out.values = {{'n', name + std::string(suffix)},
                  {'N', name},
                  {'p', prefix},
                  {'P', unescape_unit_name(prefix)},
                  {'i', out.of_template ? "%i" : instance},
                  {'I', out.of_template ? "%I" : unescape_unit_name(instance)},
                  {'j', last},
                  {'J', unescape_unit_name(last)},
                  {'%', out.of_template ? "%%" : "%"}};
    return out;
}

std::optional<std::string> expand_specifiers(std::string_view text, const Specifiers& specifiers,
                                             char& unknown) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        // At the end, and before anything but a letter, it is literal (systemd, specifier_printf).
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        const bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
        if (text[i] != '%' || (next != '%' && !letter)) {
            out += text[i] == '%' && specifiers.of_template ? std::string("%%")
                                                            : std::string(1, text[i]);
            continue;
        }
        const auto value = specifiers.values.find(next);
        if (value == specifiers.values.end()) {
            unknown = next;
            return std::nullopt;
        }
        out += value->second;
        ++i;
    }
    return out;
}

} // namespace amphid
