// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/volume_options.h"

namespace amphid {

namespace {

std::string set_volume(Arguments& arguments, Volume volume) {
    if (arguments.volume != Volume::normal && arguments.volume != volume) {
        return "--quiet and --verbose exclude each other";
    }
    arguments.volume = volume;
    return {};
}

const OptionRow quiet{"quiet",
                      "",
                      "print only warnings and errors",
                      [](Arguments& a, std::string_view) { return set_volume(a, Volume::quiet); },
                      {},
                      'q'};
const OptionRow verbose{
    "verbose",
    "",
    "also print each step with its time",
    [](Arguments& a, std::string_view) { return set_volume(a, Volume::verbose); },
    {},
    'v'};

} // namespace

const OptionRow* quiet_option() {
    return &quiet;
}

const OptionRow* verbose_option() {
    return &verbose;
}

} // namespace amphid
