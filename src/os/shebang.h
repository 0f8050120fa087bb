// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// The line after "#!"; nothing if the file is not a script or cannot be read.
std::optional<std::string> shebang_of(const std::string& file);

/// Takes the next word, up to a blank, from the front of the text.
std::string_view take_word(std::string_view& text);

/// Why the kernel found no interpreter for the script `program` below `root`: a short clause that
/// names it; empty if it is not a script, or its interpreter exists.
std::string missing_interpreter(const std::string& root, const std::string& program);

/// Why the kernel does not know the format of the file: a short clause; empty if it is a script or
/// an ELF program, perhaps of another machine, or cannot be read.
std::string unknown_format(const std::string& file);

} // namespace amphid
