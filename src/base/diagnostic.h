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
    int file = 0; // which one, where a text is made of several
    friend auto operator<=>(const Position&, const Position&) = default;
};

/// One mistake in a text that somebody wrote.
struct Diagnostic {
    enum class Severity { error, warning };
    Severity severity = Severity::error;
    Position at;
    std::string message;
};

/// True where one of them is an error.
bool has_error(const std::vector<Diagnostic>& diagnostics);

/// Those of one file (Position::file) in the order of the text, each as
/// "FILE:LINE:COLUMN: error: MESSAGE" with the line that it speaks of and a caret below it. `text`
/// is the file's content.
std::string render(std::vector<Diagnostic> diagnostics, std::string_view file,
                   std::string_view text, int index = 0);

/// The same for programs, such as editors: an object of JSON a line with the members file, line,
/// column (absent where it is about the whole file), severity and message.
std::string render_json(std::vector<Diagnostic> diagnostics, std::string_view file, int index = 0);

} // namespace amphid
