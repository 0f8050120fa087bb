// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/rights.h"

#include "os/capabilities.h"

#include <cstdint>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace amphid {

namespace {

/// The capabilities for which this prctl(2) returns 1.
std::uint64_t ask_for_each(int option, unsigned long argument) noexcept {
    std::uint64_t out = 0;
    for (unsigned capability = 0; capability < 64; ++capability) {
        const bool each = option == PR_CAPBSET_READ;
        const int there = each ? ::prctl(option, capability, 0, 0, 0)
                               : ::prctl(option, argument, capability, 0, 0);
        if (there < 0) {
            break; // past the kernel's last
        }
        out |= there == 1 ? bit_of(capability) : 0;
    }
    return out;
}

/// The capabilities after execve(2) (capabilities(7)), without file capabilities.
std::uint64_t capabilities_to_be(const ExecContext& context, bool restricted, bool changes_user,
                                 const Capabilities& ours) noexcept {
    const auto& user = context.credentials.uid;
    const uid_t uid = changes_user && user ? *user : ::geteuid();
    std::uint64_t bounding = ask_for_each(PR_CAPBSET_READ, 0);
    if (restricted && context.bounding_set) {
        bounding &= context.bounding_set->bits;
    }
    unsigned secure = static_cast<unsigned>(::prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
    secure |= restricted ? context.secure_bits : 0;
    if (uid == 0 && (secure & SECBIT_NOROOT) == 0) {
        return bounding | ours.inheritable;
    }
    if (restricted && context.ambient_set) {
        return context.ambient_set->bits & ours.permitted;
    }
    // A change of the user, even to the same one, clears it.
    return changes_user && user ? 0 : ask_for_each(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET);
}

} // namespace

bool has_lesser_rights(const ExecContext& context, Privileges privileges) noexcept {
    const bool restricted = privileges != Privileges::privileged;
    const bool changes_user = restricted && privileges != Privileges::no_setuid;
    const auto& user = context.credentials.uid;
    if (changes_user && user && *user != ::geteuid()) {
        return true;
    }
    Capabilities ours;
    if (read_capabilities(ours) != 0) {
        return true; // unknown
    }
    const std::uint64_t theirs = capabilities_to_be(context, restricted, changes_user, ours);
    const bool gives_up =
        restricted && context.no_new_privileges && ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
    // Root needs no set-user-ID program for what it may do.
    return (ours.permitted & ~theirs) != 0 || (gives_up && ::geteuid() != 0);
}

} // namespace amphid
