// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "resolve/unit_file.h"

namespace amphid {

/// Of the service that tests print units and scripts for.
inline UnitFacts facts_of_web() {
    UnitFacts facts;
    facts.name = "web";
    facts.file = {"/etc/amphid/web.toml", "web"};
    facts.amphid = "/usr/bin/amphid";
    return facts;
}

} // namespace amphid
