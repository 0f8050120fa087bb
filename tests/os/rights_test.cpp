// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/rights.h"

#include "os/capabilities.h"

#include <gtest/gtest.h>

#include <sys/prctl.h>
#include <unistd.h>

namespace amphid {
namespace {

bool are_lesser(const ExecContext& context) {
    return has_lesser_rights(context);
}
bool are_lesser_without_setuid(const ExecContext& context) {
    return has_lesser_rights(context, Privileges::no_setuid);
}
bool are_lesser_with_full_privileges(const ExecContext& context) {
    return has_lesser_rights(context, Privileges::privileged);
}

bool we_have_capabilities() {
    Capabilities ours;
    EXPECT_EQ(read_capabilities(ours), 0);
    return ours.permitted != 0;
}

TEST(Rights, WithoutAnyKeyTheyAreOurs) {
    EXPECT_FALSE(are_lesser({}));
}

TEST(Rights, OfAnotherUserTheyAreLesser) {
    ExecContext context;
    context.credentials.uid = ::geteuid() + 1;
    EXPECT_TRUE(are_lesser(context));
    EXPECT_FALSE(are_lesser_without_setuid(context));
    EXPECT_FALSE(are_lesser_with_full_privileges(context));
}

TEST(Rights, OfOurOwnUserTheyAreOurs) {
    ExecContext context;
    context.credentials.uid = ::geteuid();
    EXPECT_EQ(are_lesser(context), ::geteuid() != 0 && we_have_capabilities());
}

TEST(Rights, WithFewerCapabilitiesTheyAreLesser) {
    ExecContext context;
    context.bounding_set.emplace();
    EXPECT_EQ(are_lesser(context), ::geteuid() == 0 && we_have_capabilities());
    EXPECT_EQ(are_lesser_without_setuid(context), ::geteuid() == 0 && we_have_capabilities());
    EXPECT_FALSE(are_lesser_with_full_privileges(context));
}

// Root has what it may have already.
TEST(Rights, WithoutNewPrivilegesAUsersAreLesser) {
    ExecContext context;
    context.no_new_privileges = true;
    const bool matters = ::geteuid() != 0 && ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
    EXPECT_EQ(are_lesser(context), matters);
    EXPECT_FALSE(are_lesser_with_full_privileges(context));
}

} // namespace
} // namespace amphid
