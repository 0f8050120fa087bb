// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/notification.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

TEST(Notification, KeysMatchExactly) {
    EXPECT_TRUE(parse_notification("READY=1").ready);
    EXPECT_TRUE(parse_notification("READY=1\n").ready);
    EXPECT_TRUE(parse_notification("X=y\nREADY=1\nSTATUS=up").ready);
    EXPECT_TRUE(parse_notification("STOPPING=1").stopping);
    for (const char* text : {"", "\n", "READY", "READY=", "READY=0", "READY=2", "READY=11",
                             "READY=1 ", " READY=1", "ready=1", "READY =1", "READY= 1",
                             "READY=true", "XREADY=1", "READY:1", "STATUS=READY=1", "READY=1\r"}) {
        EXPECT_FALSE(parse_notification(text).ready) << '<' << text << '>';
    }
    for (const char* text : {"STOPPING=0", "STOPPING", "STOPPING=", "stopping=1"}) {
        EXPECT_FALSE(parse_notification(text).stopping) << '<' << text << '>';
    }
}

TEST(Notification, StoppingWins) {
    for (const char* text : {"READY=1\nSTOPPING=1", "STOPPING=1\nREADY=1"}) {
        EXPECT_TRUE(parse_notification(text).stopping) << text;
        EXPECT_FALSE(parse_notification(text).ready) << text;
    }
}

TEST(Notification, StatusIsUtf8) {
    EXPECT_EQ(parse_notification("STATUS=up and running").status, "up and running");
    EXPECT_EQ(parse_notification("STATUS=a=b").status, "a=b");
    EXPECT_EQ(parse_notification("STATUS=\xc3\xbc").status, "\xc3\xbc");
    EXPECT_EQ(parse_notification("STATUS=").status, "") << "clears";
    EXPECT_EQ(parse_notification("READY=1").status, std::nullopt) << "leaves it alone";
    for (const char* broken : {"STATUS=\xff", "STATUS=\xc3", "STATUS=\xed\xa0\x80",
                               "STATUS=\xc0\xaf", "STATUS=\xf4\x90\x80\x80"}) {
        EXPECT_EQ(parse_notification(broken).status, std::nullopt);
    }
    EXPECT_TRUE(parse_notification("STATUS=\xff\nREADY=1").ready) << "the rest is believed";
}

TEST(Notification, ExtendIgnoresNothingAndInfinity) {
    EXPECT_EQ(parse_notification("EXTEND_TIMEOUT_USEC=5000000").extend, seconds(5));
    EXPECT_EQ(parse_notification("EXTEND_TIMEOUT_USEC=1").extend, microseconds(1));
    for (const char* value : {"0", "", "-1", "x", "1s", "1.5", "9223372036854775807",
                              "18446744073709551615", "18446744073709551616", "infinity"}) {
        EXPECT_EQ(parse_notification(std::string("EXTEND_TIMEOUT_USEC=") + value).extend,
                  std::nullopt)
            << value;
    }
}

TEST(Notification, NoiseIsPassedOver) {
    // What systemd's own tools say with an inherited NOTIFY_SOCKET.
    for (const char* noise :
         {"ERRNO=22", "EXIT_STATUS=0", "BARRIER=1", "MAINPID=1", "WATCHDOG=1",
          "FDSTORE=1\nFDNAME=x", "X_VENDOR=1", "=", "====", "no lines at all"}) {
        const NotifyMessage said = parse_notification(noise);
        EXPECT_FALSE(said.ready || said.stopping || said.status || said.extend) << noise;
    }
}

TEST(Notification, ReloadingAndReadyInOneMessage) {
    const NotifyMessage said =
        parse_notification("RELOADING=1\nMONOTONIC_USEC=12345\nREADY=1\nSTATUS=x");
    EXPECT_TRUE(said.reloading);
    EXPECT_TRUE(said.ready);
    EXPECT_EQ(said.reloading, microseconds(12345));
    EXPECT_FALSE(parse_notification("RELOADING=1\nSTOPPING=1").reloading);
    EXPECT_EQ(parse_notification("RELOADING=1\nMONOTONIC_USEC=-1").reloading, TimeSpan{});
}

TEST(Notification, TheFirstLineOfAKeyCounts) {
    EXPECT_EQ(parse_notification("STATUS=a\nSTATUS=b").status, "a");
    EXPECT_EQ(parse_notification("MAINPID=7\nMAINPID=8").main_pid, 7);
    EXPECT_TRUE(parse_notification("READY=0\nREADY=1").ready) << "one of the lines is enough";
}

TEST(Notification, MainPid) {
    EXPECT_EQ(parse_notification("MAINPID=4711\nMAINPIDFDID=99").main_pid, 4711);
    EXPECT_EQ(parse_notification("MAINPID=4711\nMAINPIDFDID=99").main_pidfdid, 99U);
    for (const char* value : {"0", "-1", "", "x", "1x", "99999999999"}) {
        EXPECT_EQ(parse_notification(std::string("MAINPID=") + value).main_pid, std::nullopt)
            << value;
    }
}

TEST(Notification, Watchdog) {
    EXPECT_TRUE(parse_notification("WATCHDOG=1").watchdog_ping);
    EXPECT_FALSE(parse_notification("WATCHDOG=1").watchdog_trigger);
    EXPECT_TRUE(parse_notification("WATCHDOG=trigger").watchdog_trigger);
    EXPECT_FALSE(parse_notification("WATCHDOG=2").watchdog_ping);
    EXPECT_EQ(parse_notification("WATCHDOG_USEC=2000000").watchdog_usec, seconds(2));
}

TEST(Notification, DescriptorStore) {
    const NotifyMessage said = parse_notification("FDSTORE=1\nFDNAME=web-1\nFDPOLL=0");
    EXPECT_TRUE(said.store);
    EXPECT_EQ(said.fd_name, "web-1");
    EXPECT_TRUE(said.fd_without_poll);
    EXPECT_TRUE(parse_notification("FDSTOREREMOVE=1\nFDNAME=a").store_remove);
    for (const char* name : {"a:b", "a\tb", "\xc3\xbc", ""}) {
        EXPECT_FALSE(is_descriptor_name(name)) << name;
    }
    EXPECT_FALSE(is_descriptor_name(std::string(256, 'x')));
    EXPECT_TRUE(is_descriptor_name(std::string(255, 'x')));
}

TEST(Notification, AccessAndResets) {
    EXPECT_EQ(parse_notification("NOTIFYACCESS=exec").access, NotifyAccess::exec);
    EXPECT_EQ(parse_notification("NOTIFYACCESS=everybody").access, std::nullopt);
    EXPECT_TRUE(parse_notification("RESTART_RESET=1").restart_reset);
    EXPECT_TRUE(parse_notification("BARRIER=1").barrier);
}

TEST(Notification, RelaysTheWordsOfTheMainProcess) {
    const NotifyMessage said =
        parse_notification("ERRNO=2\nBUSERROR=org.x.Y\nEXIT_STATUS=3\nSTATUS=x\nREADY=1");
    EXPECT_EQ(relay_of(said, true), "ERRNO=2\nBUSERROR=org.x.Y\nEXIT_STATUS=3");
    EXPECT_EQ(relay_of(said, false), "") << "noise of a tool";
}

TEST(ParseNotification, WatchdogUsecCanBeOff) {
    EXPECT_EQ(parse_notification("WATCHDOG_USEC=5").watchdog_usec, microseconds(5));
    for (const char* off : {"0", "18446744073709551615"}) {
        EXPECT_EQ(parse_notification(std::string("WATCHDOG_USEC=") + off).watchdog_usec,
                  TimeSpan::infinity());
    }
    EXPECT_EQ(parse_notification("WATCHDOG_USEC=soon").watchdog_usec, std::nullopt);
}

} // namespace
} // namespace amphid
