// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// A place in a text: line and column count from 1, columns in code points. Line 0 is "the file".
struct Position {
    int line = 0;
    int column = 0;
    int file = 0; // index of the file, if the text comes from several
    friend auto operator<=>(const Position&, const Position&) = default;
};

/// One mistake in a configuration or unit file.
struct Diagnostic {
    enum class Severity { error, warning };
    Severity severity = Severity::error;
    Position at;
    std::string message;
};

/// True if at least one of them is an error.
bool has_error(const std::vector<Diagnostic>& diagnostics);

/// Those of one file (Position::file) in the order of the text, each as "FILE:LINE:COLUMN: error:
/// MESSAGE" followed by the line in question and a caret below it. `text` is the file's content.
std::string render(std::vector<Diagnostic> diagnostics, std::string_view file,
                   std::string_view text, int index = 0);

/// The same for programs, such as editors: one JSON object per line with the members file, line,
/// column (both absent if the diagnostic is about the whole file), severity and message.
std::string render_json(std::vector<Diagnostic> diagnostics, std::string_view file, int index = 0);

} // namespace amphid
