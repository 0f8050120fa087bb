// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_entry.h"

#include "base/text.h"

#include <syslog.h>

namespace amphid {

LogOwner log_owner(const Plan& plan) {
    LogOwner out;
    out.fields = concat("AMPHID_SERVICE=", plan.name, '\n');
    if (!plan.unit.empty() && plan.manager != Manager::none) {
        const bool user = plan.manager == Manager::user;
        out.identifier = plan.name;
        out.fields += concat(user ? "USER_UNIT=" : "UNIT=", plan.unit, '\n');
        out.invocation_field = user ? "USER_INVOCATION_ID" : "INVOCATION_ID";
    }
    return out;
}

std::string journal_entry(const LogOwner& owner, std::string_view invocation_id, int priority,
                          std::string_view text, Occasion occasion) {
    std::string out =
        concat("MESSAGE=", text, "\nPRIORITY=", priority, "\nSYSLOG_FACILITY=", LOG_DAEMON >> 3,
               "\nSYSLOG_IDENTIFIER=", owner.identifier, '\n', owner.fields);
    if (!invocation_id.empty()) {
        out += concat(owner.invocation_field, '=', invocation_id, '\n');
    }
    if (occasion != Occasion::other) {
        out += concat("MESSAGE_ID=", row_of(occasion).id, '\n');
    }
    return out;
}

std::string line_for_person(int priority, std::string_view text, bool colour) {
    const std::string_view begin = !colour                   ? ""
                                   : priority <= LOG_ERR     ? "\033[1;31m"
                                   : priority <= LOG_WARNING ? "\033[1;33m"
                                                             : "";
    return concat("amphid: ", begin, printable(text), begin.empty() ? "" : "\033[0m", '\n');
}

} // namespace amphid
