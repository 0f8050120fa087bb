// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/instance.h"

#include "base/text.h"
#include "base/unit_escape.h"

namespace amphid {

namespace {

class Expander {
public:
    Expander(const std::string& instance, std::vector<Diagnostic>& found)
        : instance_(instance), found_(found) {}

    void expand(Value& value) {
        if (auto* text = std::get_if<std::string>(&value.data)) {
            *text = expanded(*text, value.at);
        } else if (auto* array = std::get_if<Array>(&value.data)) {
            for (Value& element : *array) {
                expand(element);
            }
        } else if (auto* table = std::get_if<Table>(&value.data)) {
            for (Member& member : *table) {
                expand(member.value);
            }
        }
    }

private:
    std::string expanded(const std::string& text, Position at) {
        std::string out;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '%') {
                out += text[i];
                continue;
            }
            const char specifier = i + 1 < text.size() ? text[++i] : '\0';
            if (specifier == 'i') {
                out += instance_;
            } else if (specifier == 'I') {
                out += unescape_unit_name(instance_);
            } else if (specifier == '%') {
                out += '%';
            } else {
                found_.push_back({Diagnostic::Severity::error, at,
                                  "templates support only the specifiers %i, %I and %%"});
                return text;
            }
        }
        return out;
    }

    const std::string& instance_;
    std::vector<Diagnostic>& found_;
};

} // namespace

void expand_instance(Table& table, const std::string& instance, std::vector<Diagnostic>& found) {
    Expander expander(instance, found);
    for (Member& member : table) {
        if (member.key != "systemd") { // systemd expands what is copied into units
            expander.expand(member.value);
        }
    }
}

} // namespace amphid
