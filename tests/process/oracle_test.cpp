// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// A random walk of real processes, with the pure machine as oracle: whatever happens in whatever
// order, the state file says what the machine says of an ideal service to which the same happened.

#include "fixture.h"
#include "helper/file.h"
#include "machine/machine.h"
#include "soak.h"

#include <csignal>
#include <deque>
#include <random>
#include <unistd.h>
#include <utility>

namespace amphid::test {

namespace {

using What = decltype(Event::what);

/// The machine with a service that does at once what is asked of it.
class Oracle {
public:
    Oracle() {
        policy_.type = ServiceType::notify_reload;
        policy_.ignored_failures[static_cast<std::size_t>(CommandList::exec_start)] = {false};
        policy_.restart = Restart::on_failure;
        policy_.restart_delay = {};
        policy_.start_limit_burst = 0;
        policy_.hears_service = true;
    }

    const Machine& machine() const { return machine_; }
    bool is_up() const { return machine_.state == ServiceState::running; }

    /// Another launcher, which knows nothing yet.
    void begin_anew() { machine_ = Machine{}; }

    void happens(const What& what) {
        todo_.push_back(what);
        while (!todo_.empty()) {
            const What next = todo_.front();
            todo_.pop_front();
            if (std::holds_alternative<TimerElapsed>(next))
                now_ = std::max(now_, machine_.deadline);
            auto [machine, effects] = step(machine_, policy_, Event{now_, next});
            machine_ = std::move(machine);
            for (const Effect& effect : effects)
                std::visit([this](const auto& e) { answer(e); }, effect);
        }
    }

    /// Nobody can tell how one ended that is no child of its launcher.
    void ends(ExitKind kind, int status) {
        const MainExit exit{kind, status, ExecStage::none};
        happens(
            MainExited{taken_over_ ? MainExit{ExitKind::unknown, 0, ExecStage::none} : exit, true});
    }

    void takes_over() {
        const Machine before = std::exchange(machine_, Machine{});
        taken_over_ = true;
        happens(Adopted{before.state, true, true, before.restarts, before.reloads});
    }

private:
    void answer(const SpawnMain&) {
        taken_over_ = false;
        todo_.push_back(MainStarted{});
        todo_.push_back(NotifiedReady{});
    }
    void answer(const SignalTree&) {
        todo_.push_back(MainExited{{ExitKind::exited, 0, ExecStage::none}, true});
    }
    void answer(const Reload&) {
        todo_.push_back(ReloadFinished{true});
        todo_.push_back(NotifiedReloading{now_});
        todo_.push_back(NotifiedReady{});
    }
    void answer(const AnnounceRestart&) { todo_.push_back(TimerElapsed{}); }
    template <class Other>
    void answer(const Other&) {}

    Policy policy_;
    Machine machine_;
    Moment now_ = seconds(1000);
    std::deque<What> todo_;
    bool taken_over_ = false;
};

} // namespace

class OracleTest : public ProcessTest {
protected:
    void SetUp() override {
        ProcessTest::SetUp();
        configure(service("notify-reload",
                          {"--append", path("starts"), "--exit-on", "TERM:0", "--exit-on", "USR1:3",
                           "--on", "HUP", "{", "--reloading", "--notify", "}", "--notify"}) +
                  "restart = \"on-failure\"\nrestart-sec = 0\nstart-limit-burst = 0\n");
    }

    void command(const std::string& verb, int code = 0) {
        const Outcome outcome = amphid({verb, config()});
        EXPECT_EQ(outcome.code, code) << verb << ": " << outcome.out << outcome.err;
    }

    void kill_and_await(pid_t pid) {
        send_signal(pid, SIGKILL);
        await_gone(pid);
    }

    // What can happen to one that is up.

    void stop_it() {
        command("stop");
        oracle_.happens(StopRequested{});
    }
    void restart_it() {
        command("restart");
        oracle_.happens(StopRequested{true});
        oracle_.begin_anew();
        oracle_.happens(StartRequested{});
    }
    void reload_it() {
        command("reload");
        oracle_.happens(ReloadRequested{});
    }
    void service_is_killed() {
        send_signal(main_pid(), SIGKILL);
        oracle_.ends(ExitKind::killed, SIGKILL);
    }
    void service_fails() {
        send_signal(main_pid(), SIGUSR1);
        oracle_.ends(ExitKind::exited, 3);
    }
    void service_ends() {
        const pid_t pid = launcher();
        send_signal(main_pid(), SIGTERM);
        oracle_.ends(ExitKind::exited, 0);
        if (!oracle_.is_up())
            await_gone(pid);
    }
    void launcher_is_killed() {
        kill_and_await(launcher());
        command("start");
        oracle_.takes_over();
    }
    void both_are_killed() {
        const pid_t main = main_pid();
        kill_and_await(launcher());
        kill_and_await(main);
        reap();
        command("start");
        oracle_.begin_anew();
        oracle_.happens(StartRequested{});
    }
    void orphan_is_stopped() {
        kill_and_await(launcher());
        command("stop");
        oracle_.happens(StopRequested{});
    }
    /// Whoever waits continues it.
    void stopped_launcher_reloads() {
        send_signal(launcher(), SIGSTOP);
        reload_it();
    }
    void stopped_service_is_stopped() {
        send_signal(main_pid(), SIGSTOP);
        stop_it();
    }

    // And to one that is down.

    void start_it() {
        command("start");
        oracle_.begin_anew();
        oracle_.happens(StartRequested{});
    }
    void start_is_killed() {
        const std::size_t before = lines("starts").size();
        Program& start = spawn_amphid({"start", config()});
        await_lines("starts", before + 1); // so its launcher is another process by now
        if (!start.status)
            ::kill(start.pid, SIGKILL); // it may have its verdict already
        finish(start);
        oracle_.begin_anew();
        oracle_.happens(StartRequested{});
    }
    void reload_nothing() { command("reload", 7); }
    void stop_nothing() { command("stop"); }

    using Deed = void (OracleTest::*)();
    static constexpr std::pair<const char*, Deed> up_deeds[] = {
        {"stop", &OracleTest::stop_it},
        {"restart", &OracleTest::restart_it},
        {"reload", &OracleTest::reload_it},
        {"kill -9 of the service", &OracleTest::service_is_killed},
        {"failure of the service", &OracleTest::service_fails},
        {"end of the service", &OracleTest::service_ends},
        {"kill -9 of the launcher, start", &OracleTest::launcher_is_killed},
        {"kill -9 of both, start", &OracleTest::both_are_killed},
        {"kill -9 of the launcher, stop", &OracleTest::orphan_is_stopped},
        {"SIGSTOP of the launcher, reload", &OracleTest::stopped_launcher_reloads},
        {"SIGSTOP of the service, stop", &OracleTest::stopped_service_is_stopped},
    };
    static constexpr std::pair<const char*, Deed> down_deeds[] = {
        {"start", &OracleTest::start_it},
        {"start, killed before its verdict", &OracleTest::start_is_killed},
        {"reload of nothing", &OracleTest::reload_nothing},
        {"stop of nothing", &OracleTest::stop_nothing},
    };

    /// What the walk has done so far.
    std::string walk_;

    void expect_what_the_oracle_says() {
        const Machine& says = oracle_.machine();
        const std::string expected =
            std::string(name_of(says.state)) + ' ' + std::string(name_of(says.result)) + ' ' +
            std::to_string(says.restarts) + ' ' + std::to_string(says.reloads);
        std::string found;
        EXPECT_TRUE(await("what the oracle says, " + expected,
                          [&] {
                              const Fields all = state();
                              const auto field = [&](const char* key) {
                                  const auto at = all.find(key);
                                  return at == all.end() ? std::string() : at->second;
                              };
                              found = field("state") + ' ' + field("result") + ' ' +
                                      field("restarts") + ' ' + field("reload.begun");
                              return found == expected;
                          }))
            << found << walk_;
        const int code = status().code;
        EXPECT_EQ(code, oracle_.is_up() ? 0 : 3) << walk_;
        std::size_t alive = 0;
        for (const std::string& pid : lines("starts"))
            alive += is_alive(std::atoi(pid.c_str()));
        EXPECT_EQ(alive, oracle_.is_up() ? 1U : 0U) << walk_;
        EXPECT_EQ(exists(runtime("pid")), oracle_.is_up()) << walk_;
    }

    void walk(int steps) {
        start_it();
        for (int i = 0; i < steps && !HasFailure(); ++i) {
            const auto& [words, deed] = oracle_.is_up()
                                            ? up_deeds[random_() % std::size(up_deeds)]
                                            : down_deeds[random_() % std::size(down_deeds)];
            walk_ += std::string("\n") + words;
            (this->*deed)();
            expect_what_the_oracle_says();
            if (!oracle_.is_up())
                ::unlink(path("starts").c_str()); // each line is looked at each time
        }
        if (oracle_.is_up())
            stop_it();
        expect_what_the_oracle_says();
        expect_nobody_left();
    }

private:
    Oracle oracle_;
    std::mt19937 random_{std::random_device()()};
};

TEST_F(OracleTest, RandomWalk) {
    walk(rounds(60, 3000));
}

} // namespace amphid::test
