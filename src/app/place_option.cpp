// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/place_option.h"

#include "base/text.h"
#include "plan/host.h"

#include <cstdlib>

namespace amphid {

namespace {

const OptionRow place{"runtime-directory", "DIR",
                      "keep the files of running services in DIR/NAME, not in /run/amphid/NAME",
                      [](Arguments& a, std::string_view directory) {
                          a.runtime_directory = directory;
                          return directory.starts_with('/')
                                     ? std::string()
                                     : concat(
                                           "--runtime-directory: expected an absolute path, got '",
                                           directory, '\'');
                      }};

} // namespace

const OptionRow* place_option() {
    return &place;
}

void apply_place(const Arguments& arguments) {
    if (!arguments.runtime_directory.empty()) {
        ::setenv(runtime_directory_variable, arguments.runtime_directory.c_str(), 1);
    }
}

} // namespace amphid
