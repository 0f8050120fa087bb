// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// [log]: each line that the service was told is written is in the log, once and in order, whatever
// happens to service, launcher and files in between, unless both are dead at the same time.
// AMPHID_SOAK: 10 GB of them, and a line of 1 GB.

#include "helper/tell.h"
#include "logging.h"
#include "soak.h"

#include <cstdio>
#include <map>
#include <sys/mman.h>
#include <sys/stat.h>

namespace amphid::test {

namespace {

/// Lines of one run that follow each other in one file.
struct Stretch {
    unsigned run = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

std::string unpacked_by(const std::string& file) {
    return file.ends_with(".gz") ? "gzip -dc" : file.ends_with(".zst") ? "zstd -q -dc" : "cat";
}

/// What is no whole line of that kind is a line that was torn by a death.
std::vector<Stretch> read_stretches(const std::string& file, std::vector<std::string>& torn) {
    std::vector<Stretch> out;
    FILE* const stream = ::popen((unpacked_by(file) + " " + file).c_str(), "r");
    std::vector<char> line(2 * numbered_line);
    while (std::fgets(line.data(), static_cast<int>(line.size()), stream) != nullptr) {
        unsigned run = 0;
        unsigned long long number = 0;
        const std::string_view text(line.data());
        if (text.size() != numbered_line || text.back() != '\n' ||
            std::sscanf(line.data(), "R%u N%llu", &run, &number) != 2) {
            torn.emplace_back(text);
        } else if (!out.empty() && out.back().run == run && out.back().last + 1 == number) {
            out.back().last = number;
        } else {
            out.push_back({run, number, number});
        }
    }
    EXPECT_EQ(::pclose(stream), 0) << file;
    return out;
}

} // namespace

class LogProofTest : public LogTest {
protected:
    void TearDown() override {
        if (book_ != nullptr)
            ::munmap(book_, sizeof(Book));
        LogTest::TearDown();
    }
    /// A service that writes this much in all of its runs.
    void configure_writer(std::uint64_t bytes, const std::string& log) {
        book_ = open_book(path("book"));
        ASSERT_NE(book_, nullptr);
        configure(service("exec", {"--tell", path("book"), std::to_string(bytes)}) +
                  "restart = \"always\"\nrestart-sec = 0\nstart-limit-burst = 100000\n[log]\n"
                  "file = " +
                  quoted(path("log")) + "\nkeep = 100000\n" + log);
    }
    void await_acknowledged(std::uint64_t bytes) {
        await("the service has written on",
              [&] { return book_->bytes >= bytes || book_->done != 0; });
    }
    /// A pipe lives as long as somebody has it open. While the main process is dead that is the
    /// launcher alone: it must not be killed before the next run has begun.
    void kill_main() {
        const auto runs = book_->runs.load();
        send_signal(main_pid(), SIGKILL);
        await("the next run has begun", [&] { return book_->runs > runs; });
    }
    /// A launcher that does not get to the processor: what is told stays in the pipe.
    void fill_the_pipe() {
        send_signal(launcher(), SIGSTOP);
        const auto written = [&] { return std::filesystem::file_size(path("log")); };
        await("the pipe is full", [&, before = book_->bytes.load()]() mutable {
            return std::exchange(before, book_->bytes) == book_->bytes && before > written();
        });
    }
    /// What the launcher holds in memory that is no file, in KiB.
    std::size_t memory() const {
        const std::string status =
            read_file("/proc/" + std::to_string(launcher()) + "/status").value_or("");
        const auto at = status.find("RssAnon:");
        return at == std::string::npos ? 0 : std::strtoul(status.c_str() + at + 8, nullptr, 10);
    }
    /// Files of all names: those of logrotate's kind have no order but that of their lines.
    void expect_every_line() {
        std::vector<Stretch> all;
        std::vector<std::string> torn;
        std::vector<std::string> names = older();
        names.emplace_back("log");
        for (const std::string& name : names)
            for (const Stretch& one : read_stretches(path(name), torn))
                all.push_back(one);
        std::stable_sort(all.begin(), all.end(), [](const Stretch& a, const Stretch& b) {
            return std::pair(a.run, a.first) < std::pair(b.run, b.first);
        });
        std::map<unsigned, std::uint64_t> last;
        for (const Stretch& one : all) {
            ASSERT_EQ(one.first, last[one.run] + 1) << "in run " << one.run;
            last[one.run] = one.last;
        }
        for (unsigned run = 0; run < book_->runs; ++run)
            EXPECT_GE(last[run], book_->last.at(run)) << "in run " << run << " of " << book_->runs;
        EXPECT_LE(torn.size(), book_->runs) << torn.front(); // a death tears one
    }

    Book* book_ = nullptr;
};

TEST_F(LogProofTest, EveryLineThatWasToldIsThereOnceAndInOrder) {
    const bool soaks = rounds(0, 1) == 1;
    const std::uint64_t total = soaks ? 10'000'000'000 : 50'000'000;
    const int events = rounds(12, 400);
    configure_writer(total, soaks ? "max-size = \"64M\"\ncompress = \"zstd\"\n"
                                  : "max-size = \"4M\"\ncompress = \"gzip\"\n");
    ASSERT_EQ(start().code, 0);
    for (int i = 0; i < events; ++i) {
        await_acknowledged(total / static_cast<unsigned>(events + 1) *
                           static_cast<unsigned>(i + 1));
        switch (i % 4) {
        case 0:
            EXPECT_EQ(amphid({"logs", "--rotate", config()}).code, 0);
            break;
        case 1:
            kill_main();
            break;
        case 2: // as logrotate does, to a name that is none of ours
            std::rename(path("log").c_str(), path("log." + std::to_string(i)).c_str());
            break;
        case 3:
            await_state("running");
            kill_launcher();
            EXPECT_EQ(start().code, 0);
            break;
        }
    }
    ASSERT_TRUE(await("all is written", [&] { return book_->done != 0; }));
    ASSERT_TRUE(await_state("running"));
    stopped();
    expect_every_line();
}

TEST_F(LogProofTest, AFullPipeOutlivesItsLauncherAndItsWriter) {
    configure_writer(20'000'000, "");
    ASSERT_EQ(start().code, 0);
    await_acknowledged(1'000'000);
    fill_the_pipe();
    kill_launcher();
    EXPECT_EQ(start().code, 0);
    await_acknowledged(book_->bytes + 1'000'000);
    fill_the_pipe();
    const pid_t main = main_pid();
    send_signal(main, SIGKILL);
    send_signal(launcher(), SIGCONT);
    ASSERT_TRUE(await("all is written", [&] { return book_->done != 0; }));
    ASSERT_TRUE(await_state("running"));
    stopped();
    EXPECT_EQ(book_->runs, 2U);
    expect_every_line();
}

TEST_F(LogProofTest, MemoryAndDescriptorsStayAsTheyAre) {
    if (is_sanitized())
        GTEST_SKIP() << "a sanitizer keeps what is freed";
    configure_writer(static_cast<std::uint64_t>(rounds(60, 4000)) * 1'000'000,
                     "max-size = \"1M\"\ntimestamps = \"rfc3339\"\ncompress = \"gzip\"\n");
    std::string config = read(name() + ".toml");
    config.replace(config.find("keep = 100000"), 13, "keep = 2");
    configure(config);
    started();
    await_acknowledged(10'000'000);
    const pid_t pid = launcher();
    ASSERT_TRUE(await("all is written", [&] { return book_->done != 0; }));
    // What it needs at work is given back when there is no more.
    const std::size_t descriptors = descriptors_at_rest(pid);
    EXPECT_LE(descriptors, 32U);
    EXPECT_TRUE(await("memory is given back", [&] { return memory() < 800; })) << memory();
    send_signal(main_pid(), SIGKILL); // another run, which writes one block more
    ASSERT_TRUE(await("another run is done", [&] { return book_->runs == 2; }));
    ASSERT_TRUE(await_state("running"));
    EXPECT_TRUE(await("no more descriptors than before",
                      [&] { return descriptors_at_rest(pid) <= descriptors; }));
    stopped();
}

TEST_F(LogProofTest, ALineWithoutAnEndCostsNoMemory) {
    if (is_sanitized())
        GTEST_SKIP() << "a sanitizer keeps what is freed";
    const int megabytes = rounds(20, 1000);
    configure(logging("head -c " + std::to_string(megabytes) +
                      "000000 /dev/zero | tr '\\0' x; echo; echo end; exec sleep 1000") +
              "max-size = \"8M\"\nkeep = 1000\n");
    started();
    ASSERT_TRUE(await_log_end("end"));
    std::size_t size = std::filesystem::file_size(path("log"));
    for (const std::string& name : older())
        size += std::filesystem::file_size(path(name));
    EXPECT_EQ(size, static_cast<std::size_t>(megabytes) * 1'000'000 + 5);
    EXPECT_LT(memory(), 1500U);
    stopped();
}

TEST_F(LogProofTest, AFifoThatNobodyReadsHoldsNobodyUp) {
    ASSERT_EQ(::mkfifo(path("log").c_str(), 0600), 0);
    configure(logging("seq 300000; echo done >" + path("done") + "; exec sleep 1000"));
    started();
    EXPECT_TRUE(await_lines("done", 1));
    stopped();
}

} // namespace amphid::test
