// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/roff.h"

#include "base/text.h"

namespace amphid {

std::string roff_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else if (c == '"') {
            out += "\\(dq"; // a plain one would quote a macro's argument
        } else if (c == '\'' && out.empty()) {
            out += "\\&'";
        } else if (c == '.' && out.empty()) {
            out += "\\&.";
        } else {
            out += c == '\n' ? ' ' : c;
        }
    }
    return out;
}

std::string roff_title(std::string_view name, int section, std::string_view version,
                       std::string_view group) {
    return concat(".\\\" SPDX-License-Identifier: MIT\n"
                  ".\\\" Copyright (c) 2026 The amphid authors\n"
                  ".TH ",
                  name, ' ', section, " \"2026-11-26\" \"amphid ", version, "\" \"", group, "\"\n");
}

} // namespace amphid
