// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Read by the compiler before src/config/parse.cpp (CMakeLists.txt), for the sake of toml++ 3.3 and 3.4.

// It asserts that a key begins with a letter, or has the compiler assume it, before it looks
// whether one does: "[.]" would end the program. What it asserts it checks, too.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)

// Whether a letter is white space it decides by a table whose gaps it calls unreachable; "é" where no
// string is, or behind a backslash at the end of a line of one, falls into such a gap.
#if __has_include(<toml++/impl/unicode.hpp>) // 3.4
#include <toml++/impl/preprocessor.hpp>
#include <toml++/impl/forward_declarations.hpp>
#else
#include <toml++/impl/preprocessor.h>
#include <toml++/impl/forward_declarations.h>
#endif
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE return false
#if __has_include(<toml++/impl/unicode.hpp>)
#include <toml++/impl/unicode.hpp>
#else
#include <toml++/impl/unicode.h>
#endif
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE __builtin_unreachable()
