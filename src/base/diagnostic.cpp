// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/diagnostic.h"

#include "base/text.h"

#include <algorithm>

namespace amphid {

namespace {

/// The blanks under everything before the column; tabs stay, so that the caret stands where the eye
/// looks for it.
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

} // namespace

bool has_error(const std::vector<Diagnostic>& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) {
        return d.severity == Diagnostic::Severity::error;
    });
}

std::string render(std::vector<Diagnostic> diagnostics, std::string_view file,
                   std::string_view text, int index) {
    diagnostics.erase(std::remove_if(diagnostics.begin(), diagnostics.end(),
                                     [&](const Diagnostic& d) { return d.at.file != index; }),
                      diagnostics.end());
    std::stable_sort(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& a, const Diagnostic& b) { return a.at < b.at; });
    const auto lines = split(text, '\n');
    std::string out;
    for (const Diagnostic& d : diagnostics) {
        out += file;
        if (d.at.line > 0) {
            out += concat(':', d.at.line, ':', d.at.column);
        }
        out += d.severity == Diagnostic::Severity::error ? ": error: " : ": warning: ";
        out += printable(d.message) + '\n';
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

} // namespace amphid
