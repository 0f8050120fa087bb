// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// However long a launcher lives, and whatever its service does: it holds as much memory and as many
// descriptors as before. Its first share of the work is not counted: what it needs once it may
// keep.

#include "fixture.h"
#include "helper/file.h"
#include "soak.h"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <unistd.h>

namespace amphid::test {

class GrowthTest : public ProcessTest {
protected:
    struct Size {
        long private_dirty = 0; // KiB
        long resident = 0;
        std::size_t descriptors = 0;
    };

    static long kib_of(const Fields& all, const std::string& key) {
        const auto found = all.find(key);
        return found == all.end() ? 0 : std::atol(found->second.c_str());
    }

    Size size_of_launcher() {
        const pid_t pid = launcher();
        Size out;
        out.descriptors = descriptors_at_rest(pid);
        const std::string file = "/proc/" + std::to_string(pid) + "/smaps_rollup";
        const Fields all = parse_fields(read_file(file).value_or(""), ":");
        out.private_dirty = kib_of(all, "Private_Dirty");
        out.resident = kib_of(all, "Rss");
        return out;
    }

    void expect_no_growth(const std::string& of, const Size& before) {
        const Size now = size_of_launcher();
        std::cout << of << ": private dirty " << before.private_dirty << " -> " << now.private_dirty
                  << " KiB, resident " << before.resident << " -> " << now.resident
                  << " KiB, descriptors " << before.descriptors << " -> " << now.descriptors
                  << std::endl;
        constexpr long noise = 48; // KiB: where a piece lies in the heap depends on the moment
        EXPECT_GT(before.private_dirty, 0);
        EXPECT_LE(now.private_dirty, before.private_dirty + noise);
        EXPECT_LE(now.resident, before.resident + 4 * noise) << "pages of files count here, too";
        EXPECT_EQ(now.descriptors, before.descriptors);
    }

    /// A service that does this each time it gets SIGUSR1.
    void expect_no_growth_by(const std::string& of, const Words& deed, std::size_t times) {
        Words steps{"--on", "USR1", "{"};
        steps.insert(steps.end(), deed.begin(), deed.end());
        steps.insert(steps.end(), {"--barrier", "--append", path("done"), "}", "--notify"});
        configure(service("notify", steps));
        started();
        Size before;
        for (std::size_t i = 0; i < times + 1 && !HasFailure(); ++i) {
            send_signal(main_pid(), SIGUSR1);
            ASSERT_TRUE(await_lines("done", i + 1));
            before = i == 0 ? size_of_launcher() : before;
        }
        expect_no_growth(of, before);
        stopped();
    }

    long restarts() const { return std::atol(state("restarts").c_str()); }

    /// Lets the service fail until it was restarted so often, then rest.
    void restart_until(long count) {
        const std::size_t rested = lines("rested").size();
        ::unlink(path("rest").c_str());
        send_signal(main_pid(), SIGKILL);
        while (restarts() < count) {
            const long next = std::min(count, restarts() + 20);
            ASSERT_TRUE(
                await("restart " + std::to_string(next), [&] { return restarts() >= next; }));
        }
        write("rest", "");
        ASSERT_TRUE(await_lines("rested", rested + 1));
        ASSERT_TRUE(await_state("running"));
    }
};

TEST_F(GrowthTest, ByRestarts) {
    if (is_sanitized())
        GTEST_SKIP() << "a sanitizer keeps what is freed";
    write("rest", "");
    configure(service("exec", {"--if-exists", path("rest"), "{", "--append", path("rested"),
                               "--await", path("never"), "}", "--exit", "1"}) +
              "restart = \"always\"\nrestart-sec = 0\nstart-limit-burst = 0\n");
    started();
    ASSERT_TRUE(await_lines("rested", 1));
    const long count = rounds(300, 100'000);
    restart_until(count / 3);
    const Size before = size_of_launcher();
    restart_until(count);
    expect_no_growth(std::to_string(restarts()) + " restarts", before);
    stopped();
}

TEST_F(GrowthTest, ByReloads) {
    if (is_sanitized())
        GTEST_SKIP() << "a sanitizer keeps what is freed";
    configure(
        service("notify-reload", {"--on", "HUP", "{", "--reloading", "--notify", "}", "--notify"}));
    started();
    const auto reload = [&](int count) {
        for (int i = 0; i < count && !HasFailure(); ++i)
            EXPECT_EQ(amphid({"reload", config()}).code, 0);
    };
    const int count = rounds(50, 1000);
    reload(count / 10);
    const Size before = size_of_launcher();
    reload(count);
    expect_no_growth(state("reload.serial") + " reloads", before);
    stopped();
}

TEST_F(GrowthTest, ByDatagrams) {
    if (is_sanitized())
        GTEST_SKIP() << "a sanitizer keeps what is freed";
    const int times = rounds(4, 200);
    expect_no_growth_by(std::to_string(times * 5000) + " datagrams",
                        {"--send-times", "WATCHDOG=1\\nSTATUS=at work", "5000"},
                        static_cast<std::size_t>(times));
}

TEST_F(GrowthTest, ByOutput) {
    if (is_sanitized())
        GTEST_SKIP() << "a sanitizer keeps what is freed";
    const int times = rounds(5, 1024);
    expect_no_growth_by(std::to_string(times * 10) + " MiB of output", {"--write-mib", "2", "10"},
                        static_cast<std::size_t>(times));
}

} // namespace amphid::test
