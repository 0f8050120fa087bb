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

std::uint64_t ambient_set() noexcept {
    std::uint64_t out = 0;
    for (unsigned capability = 0; capability < 64; ++capability) {
        const int there = ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0);
        if (there < 0) {
            break; // past the kernel's last
        }
        out |= there == 1 ? bit_of(capability) : 0;
    }
    return out;
}

/// Those of our capabilities that are left after execve(2) (capabilities(7)), without file
/// capabilities.
std::uint64_t capabilities_left(const ExecContext& context, bool restricted, bool changes_user,
                                const Capabilities& ours) noexcept {
    const auto& user = context.credentials.uid;
    const uid_t uid = changes_user && user ? *user : ::geteuid();
    unsigned secure = static_cast<unsigned>(::prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
    secure |= restricted ? context.secure_bits : 0;
    if (uid == 0 && (secure & SECBIT_NOROOT) == 0) {
        // Root has the bounding and the inheritable set. What we have has passed that rule at our
        // own execve(2), and we never reduce a set of ours: only the service's can take more away.
        const bool bounded = restricted && context.bounding_set;
        return ours.permitted & (bounded ? context.bounding_set->bits | ours.inheritable : ~0ULL);
    }
    if (restricted && context.ambient_set) {
        return context.ambient_set->bits & ours.permitted;
    }
    // A change of the user, even to the same one, clears it.
    return changes_user && user ? 0 : ambient_set();
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
    const std::uint64_t left =
        ours.permitted == 0 ? 0 : capabilities_left(context, restricted, changes_user, ours);
    const bool gives_up =
        restricted && context.no_new_privileges && ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
    // Root needs no set-user-ID program for what it may do.
    return (ours.permitted & ~left) != 0 || (gives_up && ::geteuid() != 0);
}

} // namespace amphid
