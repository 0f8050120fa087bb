// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/sandbox_syntax.h"

#include <cerrno>
#include <gtest/gtest.h>

namespace amphid {

namespace {

std::string mistake_in_calls(std::string_view line) {
    return mistake_in(SystemCalls{}, line);
}

} // namespace

TEST(SandboxSyntax, MistakesInCalls) {
    EXPECT_EQ(mistake_in_calls("@system-service read:EPERM write:5 ~"),
              "'~': a \"~\" is the first character of a list, and is for all of its words");
    EXPECT_EQ(mistake_in_calls("~@clock  sync:kill"), "");
    EXPECT_EQ(mistake_in_calls("@sytem-service"),
              "unknown group of system calls '@sytem-service'; did you mean '@system-service'?");
    EXPECT_EQ(mistake_in_calls("raed"), "unknown system call 'raed'; did you mean 'read'?");
    EXPECT_EQ(mistake_in_calls("read:EPREM"), "unknown errno 'EPREM' after 'read'");
    EXPECT_EQ(mistake_in_calls("read:"), "unknown errno '' after 'read'");
    EXPECT_EQ(mistake_in_calls("read:4096"), "unknown errno '4096' after 'read'");
}

TEST(SandboxSyntax, OtherMistakes) {
    EXPECT_EQ(mistake_in(AddressFamilies{}, "AF_INET AF_INT6"),
              "unknown address family 'AF_INT6'; did you mean 'AF_INET6'?");
    EXPECT_EQ(mistake_in(AddressFamilies{}, "none"), "");
    EXPECT_NE(mistake_in(AddressFamilies{}, "~none"), "");
    EXPECT_EQ(mistake_in(NamespaceKinds{}, "~user nte"),
              "unknown kind of namespaces 'nte'; did you mean 'net'?");
    EXPECT_EQ(mistake_in(NamespaceKinds{}, "yes"), "");
    EXPECT_EQ(mistake_in(ArchitectureNames{}, "native x86_64"),
              "unknown architecture 'x86_64'; did you mean 'x86-64'?");
    EXPECT_EQ(mistake_in(CallError{}, "EWOULDBLOCK"), "");
    EXPECT_EQ(mistake_in(CallError{}, "nothing"),
              "expected an errno such as EPERM, or kill, got 'nothing'");
}

// The first line decides whether the list allows or denies; the others change it.
TEST(SandboxSyntax, LinesOfCallsAreMerged) {
    EXPECT_FALSE(merged(SystemCalls{}));
    const auto allowed = merged(SystemCalls{{"@sync read", "~sync"}});
    EXPECT_TRUE(allowed->allows);
    EXPECT_TRUE(allowed->calls.contains("read"));
    EXPECT_TRUE(allowed->calls.contains("fsync"));
    EXPECT_TRUE(allowed->calls.contains("execve")) << "@default is always allowed";
    EXPECT_FALSE(allowed->calls.contains("sync"));
    const auto failing = merged(SystemCalls{{"@sync", "~sync:EACCES"}});
    EXPECT_EQ(failing->calls.at("sync"), EACCES);
    EXPECT_EQ(failing->calls.at("fsync"), default_action);
    const auto denied = merged(SystemCalls{{"~@sync:EACCES read", "sync", "~read:kill"}});
    EXPECT_FALSE(denied->allows);
    EXPECT_EQ(denied->calls.at("fsync"), EACCES);
    EXPECT_EQ(denied->calls.at("read"), kill_process);
    EXPECT_FALSE(denied->calls.contains("sync"));
}

TEST(SandboxSyntax, OtherLinesAreMerged) {
    EXPECT_EQ(merged(NamespaceKinds{{"net", "user"}}), 0x50000000U);
    EXPECT_EQ(merged(NamespaceKinds{{"yes", "net"}}), 0x40000000U);
    EXPECT_EQ(merged(NamespaceKinds{{"net", "no"}}), std::nullopt);
    EXPECT_EQ(merged(NamespaceKinds{{"~net"}}), 0x7e020000U & ~0x40000000U);
    const auto families = merged(AddressFamilies{{"AF_UNIX AF_INET", "~AF_INET"}});
    EXPECT_TRUE(families->allows);
    EXPECT_EQ(families->families, std::vector<unsigned>{1});
    EXPECT_EQ(action_of({}), kill_process);
    EXPECT_EQ(action_of({"EPERM"}), EPERM);
    EXPECT_EQ(action_of({"kill"}), kill_process);
}

} // namespace amphid
