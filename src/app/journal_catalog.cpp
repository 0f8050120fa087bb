// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/command_reference.h"

#include "base/occasion.h"
#include "base/roff.h"
#include "base/text.h"

namespace amphid {

std::string journal_catalog() {
    std::string out = "# SPDX-License-Identifier: MIT\n"
                      "# Copyright (c) 2026 The amphid authors\n";
    for (const OccasionRow& row : occasion_table) {
        out += row.id.empty() ? std::string()
                              : concat("\n-- ", row.id, "\nSubject: ", row.subject,
                                       "\nDefined-By: amphid\nDocumentation: man:amphid(1)\n\n",
                                       row.sentence, '\n');
    }
    return out;
}

std::string journal_man() {
    std::string out =
        ".SH JOURNAL\n"
        "The launcher's own messages go to standard error in a terminal, and to the journal under "
        "systemd\n"
        "and in daemon mode; where journald is not running, to syslog.\n"
        "Entries in the journal have the fields\n"
        ".BR AMPHID_SERVICE ,\n"
        ".BR INVOCATION_ID ,\n"
        "in a unit\n"
        ".BR UNIT ,\n"
        "(in a user unit\n"
        ".B USER_UNIT\n"
        "and\n"
        ".BR USER_INVOCATION_ID ),\n"
        "and, for these events,\n"
        ".BR MESSAGE_ID :\n";
    for (const OccasionRow& row : occasion_table) {
        out += row.id.empty() ? std::string()
                              : concat(".TP\n.B ", row.id, "\n", roff_text(row.name), ": ",
                                       roff_text(row.sentence), '\n');
    }
    return out + ".PP\n"
                 ".B journalctl MESSAGE_ID=\\fIID\\fR AMPHID_SERVICE=\\fINAME\\fR\n"
                 "shows them.\n";
}

} // namespace amphid
