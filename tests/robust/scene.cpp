// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "scene.h"

#include "../process/helper/file.h"
#include "../process/proc.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <limits.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid::test {

namespace {

constexpr const char* service_name = "web";
constexpr const char* runtime_directory = "/run/amphid/web";

// The configuration's own limits, 3 and 2 seconds, are over long before these.
constexpr int command_ms = 20'000;
constexpr int settle_ms = 8'000;
constexpr int quiet_ms = 40;

std::string toml(const std::string& helper, const std::string& starts) {
    return "[service]\n"
           "type = \"notify-reload\"\n"
           "exec-start = [\"" +
           helper + "\", \"serve\", \"--append\", \"" + starts +
           "\", \"--exit-on\", \"TERM:0\", \"--on\", \"HUP\", \"{\", \"--reloading\", "
           "\"--notify\", \"}\", \"--notify\"]\n"
           "restart = \"on-failure\"\n"
           "restart-sec = \"10ms\"\n"
           "timeout-start-sec = \"3s\"\n"
           "timeout-stop-sec = \"2s\"\n"
           "standard-output = \"null\"\n"
           "standard-error = \"null\"\n";
}

std::string program_of(pid_t pid) {
    char text[PATH_MAX] = {};
    const std::string link = "/proc/" + std::to_string(pid) + "/exe";
    return ::readlink(link.c_str(), text, sizeof text - 1) > 0 ? text : "";
}

std::string text_of(const std::string& file) {
    return read_file(file).value_or("");
}

/// Whether somebody who reads this knows what could not be done to what: the service, a path, or
/// what is the whole machine's or the caller's own.
bool names_something(const std::string& text) {
    constexpr std::array objects{service_name, "/", "pidfds", "standard output"};
    return std::any_of(objects.begin(), objects.end(),
                       [&](const char* object) { return text.find(object) != std::string::npos; });
}

} // namespace

const std::vector<Scenario>& scenarios() {
    using enum World;
    static const std::vector<Scenario> all{
        {"start", Before::nothing, {"start", "--no-retry"}, {up}, {down}},
        {"run", Before::nothing, {"run"}, {down}, {down, pid_file}},
        {"restart", Before::started, {"restart", "--no-retry"}, {up}, {up, down, pid_file}},
        {"reload", Before::started, {"reload"}, {untouched}, {untouched}},
        {"stop", Before::started, {"stop"}, {down}, {untouched, down, pid_file}},
        {"status", Before::started, {"status"}, {untouched}, {untouched}},
        {"crash", Before::started, {}, {up}, {down}},
        {"adoption", Before::killed_launcher, {"start"}, {untouched}, {untouched, orphaned}},
        {"orphan-stop", Before::killed_launcher, {"stop"}, {down}, {orphaned, down, pid_file}},
    };
    return all;
}

Scene::Scene(std::string amphid, std::string helper, std::string folder)
    : amphid_(std::move(amphid)), helper_(std::move(helper)), folder_(std::move(folder)),
      tracer_(amphid_) {
    std::filesystem::create_directories(folder_);
    write_file(path("web.toml"), toml(helper_, path("starts")));
}

Counts Scene::record(const Scenario& scenario) {
    if (prepare(scenario))
        return {};
    tracer_.arm({});
    const Ended ended = perform(scenario);
    tracer_.run_until_quiet(quiet_ms);
    Counts counts = tracer_.counts();
    const bool good = !ended.hangs && ended.code == 0 && await_one_of(scenario.done);
    tracer_.kill_all();
    return good ? counts : Counts{};
}

Outcome Scene::play(const Scenario& scenario, const Fault& fault) {
    if (const auto why = prepare(scenario))
        return {Outcome::Kind::fault, *why, {}};
    tracer_.arm(fault);
    const Ended ended = perform(scenario);
    tracer_.run_until([&] { return tracer_.has_failed(); }, quiet_ms);
    Outcome outcome = judge(scenario, ended);
    if (!tracer_.has_failed())
        outcome.kind = Outcome::Kind::not_reached;
    tracer_.kill_all();
    return outcome;
}

/// Says why the ground could not be laid.
std::optional<std::string> Scene::prepare(const Scenario& scenario) {
    std::filesystem::remove_all(runtime_directory);
    std::filesystem::remove(path("starts"));
    service_before_ = launcher_before_ = 0;
    if (scenario.before == Before::nothing)
        return std::nullopt;
    const bool launcher_counts = scenario.before == Before::started;
    const Ended start = run(launcher_counts ? "setup" : "", {"start"});
    const Facts facts = look();
    if (start.code != 0 || facts.services.size() != 1 || facts.launchers.size() != 1)
        return "the start before it: " + start.err + describe();
    service_before_ = facts.services.front();
    launcher_before_ = facts.launchers.front();
    tracer_.run_until_quiet(launcher_counts ? quiet_ms / 4 : 0);
    if (scenario.before == Before::killed_launcher) {
        ::kill(launcher_before_, SIGKILL);
        if (!tracer_.run_until([&] { return look().launchers.empty(); }, settle_ms))
            return "the launcher cannot be killed";
    }
    return std::nullopt;
}

Words Scene::amphid(const Words& words) const {
    Words out{amphid_};
    out.insert(out.end(), words.begin(), words.end());
    out.push_back(path("web.toml"));
    return out;
}

Scene::Ended Scene::run(const std::string& role, const Words& words) {
    const std::string err = path("err-" + std::to_string(++runs_ % 8));
    std::filesystem::remove(err);
    // What status does not know it says on its output.
    const std::string out = words.front() == "status" ? err : path("out");
    return finish(tracer_.launch(role, amphid(words), out, err), err);
}

Scene::Ended Scene::finish(pid_t pid, const std::string& err) {
    Ended out;
    out.hangs = !tracer_.run_until([&] { return tracer_.end_of(pid).has_value(); }, command_ms);
    const int status = tracer_.end_of(pid).value_or(0);
    out.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    out.err = text_of(err);
    return out;
}

Scene::Ended Scene::perform(const Scenario& scenario) {
    if (scenario.words.empty()) {
        ::kill(service_before_, SIGKILL);
        const auto another = [&] {
            const Facts facts = look();
            const bool other =
                facts.services.size() == 1 && facts.services.front() != service_before_;
            return facts.launchers.empty() || (other && is(World::up));
        };
        const bool settled = tracer_.run_until(another, command_ms);
        // Nobody says when it is over: a first try may have failed.
        tracer_.run_until([&] { return !another(); }, 2 * quiet_ms);
        tracer_.run_until(another, command_ms);
        return {!settled, look().launchers.empty() ? 1 : 0, "web: (its launcher has ended)"};
    }
    if (scenario.words.front() != "run")
        return run("command", scenario.words);
    const std::string err = path("err-run");
    std::filesystem::remove(err);
    const pid_t pid = tracer_.launch("command", amphid(scenario.words), path("out"), err);
    const auto ready = [&] {
        const auto fields = parse_fields(text_of(std::string(runtime_directory) + "/state"));
        const auto state = fields.find("state");
        return tracer_.end_of(pid) || (state != fields.end() && state->second == "running");
    };
    tracer_.run_until(ready, settle_ms);
    tracer_.run_until_quiet(quiet_ms / 4);
    if (!tracer_.end_of(pid))
        ::kill(pid, SIGTERM);
    return finish(pid, err);
}

Outcome Scene::judge(const Scenario& scenario, const Ended& ended) {
    using Kind = Outcome::Kind;
    if (ended.hangs)
        return {Kind::fault, "it hangs: " + describe(), ended.err};
    const auto world = await_one_of(ended.code == 0 ? scenario.done : scenario.failed);
    if (!world)
        return {Kind::fault, "exit code " + std::to_string(ended.code) + ", but " + describe(),
                ended.err};
    if (scenario.words == Words{"status"} && ended.code != 0 && ended.code != 4)
        return {Kind::fault, "status says " + std::to_string(ended.code) + " of what runs",
                ended.err};
    if (ended.code != 0 && !names_something(ended.err))
        return {Kind::names_nothing, "exit code " + std::to_string(ended.code), ended.err};
    if (std::string why = check_afterwards(*world); !why.empty())
        return {Kind::fault, std::move(why), ended.err};
    return {ended.code == 0 ? Kind::goes_on : Kind::clear_error, {}, ended.err};
}

/// Whatever failed once must not be in the way of those who come later.
std::string Scene::check_afterwards(World world) {
    const bool is_up = world == World::up || world == World::untouched;
    const Ended status = run("", {"status"});
    const int expected = world == World::down ? 3 : 1;
    if (is_up ? status.code != 0 : world != World::orphaned && status.code != expected)
        return "status says " + std::to_string(status.code) + ", but " + describe();
    const auto before = look().services;
    const Ended start = run("", {"start"});
    if (start.hangs || start.code != 0 || !await_one_of({World::up}))
        return "the next start: " + std::to_string(start.code) + ", " + start.err + describe();
    if (!before.empty() && look().services != before)
        return "the next start ended the service that ran";
    const Ended stop = run("", {"stop"});
    if (stop.hangs || stop.code != 0 || !await_one_of({World::down}))
        return "the next stop: " + std::to_string(stop.code) + ", " + stop.err + describe();
    return {};
}

Scene::Facts Scene::look() const {
    Facts out;
    for (const pid_t pid : descendants_of(::getpid())) {
        const std::string program = program_of(pid);
        if (program == helper_)
            out.services.push_back(pid);
        else if (program == amphid_)
            out.launchers.push_back(pid);
    }
    out.pid_file = text_of(std::string(runtime_directory) + "/pid");
    return out;
}

bool Scene::is(World world) const {
    const Facts facts = look();
    const bool same = facts.services == std::vector<pid_t>{service_before_};
    switch (world) {
    case World::down:
        return facts.services.empty() && facts.launchers.empty() && facts.pid_file.empty();
    case World::pid_file:
        return facts.services.empty() && facts.launchers.empty() && !facts.pid_file.empty();
    case World::orphaned:
        return same && facts.launchers.empty();
    case World::untouched:
    case World::up:
        break;
    }
    return facts.services.size() == 1 && facts.launchers.size() == 1 &&
           facts.pid_file == std::to_string(facts.launchers.front()) + '\n' &&
           (same || world == World::up);
}

std::optional<World> Scene::await_one_of(const std::vector<World>& worlds) {
    std::optional<World> found;
    tracer_.run_until(
        [&] {
            for (const World world : worlds)
                if (!found && is(world))
                    found = world;
            return found.has_value();
        },
        settle_ms);
    return found;
}

std::string Scene::describe() const {
    const Facts facts = look();
    return std::to_string(facts.services.size()) + " services, " +
           std::to_string(facts.launchers.size()) + " launchers" +
           (facts.pid_file.empty() ? ", no pid file" : ", a pid file");
}

} // namespace amphid::test
