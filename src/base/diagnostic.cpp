// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/diagnostic.h"

#include "base/text.h"

#include <algorithm>

namespace amphid {

namespace {

/// The blanks under everything before the column; tabs are kept, so that the caret lines up on a
/// terminal.
std::string caret_line(std::string_view line, int column) {
    std::string out;
    for (const char c : line) {
        const bool continuation = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
        if (continuation) {
            continue;
        }
        if (--column <= 0) {
            break;
        }
        out += c == '\t' ? '\t' : ' ';
    }
    return out + '^';
}

void sort_by_place(std::vector<Diagnostic>& diagnostics) {
    std::stable_sort(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& a, const Diagnostic& b) { return a.at < b.at; });
}

void keep_those_of(int file, std::vector<Diagnostic>& diagnostics) {
    std::erase_if(diagnostics, [&](const Diagnostic& d) { return d.at.file != file; });
}

std::string_view name_of(Diagnostic::Severity severity) {
    return severity == Diagnostic::Severity::error ? "error" : "warning";
}

} // namespace

bool has_error(const std::vector<Diagnostic>& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) {
        return d.severity == Diagnostic::Severity::error;
    });
}

std::string render(std::vector<Diagnostic> diagnostics, std::string_view file,
                   std::string_view text, int index) {
    keep_those_of(index, diagnostics);
    sort_by_place(diagnostics);
    const auto lines = split(text, '\n');
    std::string out;
    for (const Diagnostic& d : diagnostics) {
        out += file;
        if (d.at.line > 0) {
            out += concat(':', d.at.line, ':', d.at.column);
        }
        out += concat(": ", name_of(d.severity), ": ", printable(d.message), '\n');
        if (d.at.line > 0 && static_cast<std::size_t>(d.at.line) <= lines.size()) {
            std::string_view line = lines[static_cast<std::size_t>(d.at.line) - 1];
            if (line.ends_with('\r')) {
                line.remove_suffix(1);
            }
            out += concat("    ", printable(line), "\n    ", caret_line(line, d.at.column), '\n');
        }
    }
    return out;
}

std::string render_json(std::vector<Diagnostic> diagnostics, std::string_view file, int index) {
    keep_those_of(index, diagnostics);
    sort_by_place(diagnostics);
    std::string out;
    for (const Diagnostic& d : diagnostics) {
        out += concat("{\"file\":", json_string(file));
        if (d.at.line > 0) {
            out += concat(",\"line\":", d.at.line, ",\"column\":", d.at.column);
        }
        out += concat(",\"severity\":", json_string(name_of(d.severity)),
                      ",\"message\":", json_string(d.message), "}\n");
    }
    return out;
}

} // namespace amphid
