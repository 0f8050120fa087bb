// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "adopt.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace amphid::test {

class LogTest : public AdoptTest {
protected:
    /// A service that runs this script, with its output in the file `log`.
    std::string logging(const std::string& script, const std::string& more = "") const {
        return "[service]\nexec-start = " + shell(script) + "\n" + more +
               "[log]\nfile = " + quoted(path("log")) + "\n";
    }
    /// The older files of the log, the oldest first.
    std::vector<std::string> older() const {
        std::vector<std::string> out;
        for (const auto& entry : std::filesystem::directory_iterator(path("")))
            if (entry.path().filename().string().starts_with("log."))
                out.push_back(entry.path().filename());
        std::sort(out.begin(), out.end());
        return out;
    }
    /// All that was written, the compressed files unpacked.
    std::string whole_log() {
        std::string out;
        for (const std::string& name : older())
            out += name.ends_with(".gz") ? run({.command = {"gzip", "-dc", path(name)}}).out
                                         : read(name);
        return out + read("log");
    }
    static std::string counted(int last) {
        std::string out;
        for (int i = 1; i <= last; ++i)
            out += std::to_string(i) + "\n";
        return out;
    }
    bool await_log_end(const std::string& end) {
        return await("the log ends with " + end, [&] { return read("log").ends_with(end + "\n"); });
    }
    /// Starts a service that counts up to `last` in its log, which has these keys, and kills its
    /// launcher again and again while it does.
    void count_under_kills(int kills, int last, const std::string& keys) {
        configure(logging("seq " + std::to_string(last) + "; exec sleep 1000") + keys);
        started();
        const pid_t main = main_pid();
        for (int i = 0; i < kills; ++i) {
            const std::size_t before = older().size();
            await("the log grows", [&] {
                return older().size() > before ||
                       read("log").ends_with(std::to_string(last) + "\n");
            });
            kill_launcher();
            expect_adopted(main);
        }
        ASSERT_TRUE(await_log_end(std::to_string(last)));
    }
    /// The log has each number once and in order.
    void expect_counted(int last) {
        const std::string log = whole_log();
        const std::string wanted = counted(last);
        const auto differ = std::mismatch(log.begin(), log.end(), wanted.begin(), wanted.end());
        EXPECT_TRUE(log == wanted) << "differs from byte " << differ.first - log.begin() << " of "
                                   << log.size() << " on, wanted are " << wanted.size();
    }
};

} // namespace amphid::test
