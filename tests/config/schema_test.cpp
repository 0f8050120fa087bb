// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/directive_names.h"
#include "config/reading.h"
#include "config/reference.h"
#include "config/schema.h"

#include "../house/golden.h"

#include <cctype>
#include <set>

namespace amphid {
namespace {

/// Calls `visit(table name, table, key)` for every row of the schema.
template <class F>
void for_each_key(Config& config, F&& visit) {
    for_each_table(config, [&](std::string_view name, auto& table) {
        for (const auto& key : keys_of(table)) {
            visit(name, table, key);
        }
    });
}

template <class T>
std::string printed(const T& table, const Key<T>& key) {
    return std::visit([&](auto field) { return print_value(table.*field); }, key.member);
}

/// "TimeoutStopSec" as design.md section 1 spells it: "timeout-stop-sec".
std::string in_kebab_case(std::string_view directive) {
    if (directive == "UMask") {
        return "umask";
    }
    if (directive.ends_with("CPUs")) {
        return directive.starts_with("Assert") ? "assert-cpus" : "condition-cpus";
    }
    if (directive == "TimerSlackNSec") {
        return "timer-slack-nsec";
    }
    if (directive == "RestrictSUIDSGID") {
        return "restrict-suid-sgid"; // two acronyms
    }
    const auto is_upper = [&](std::size_t i) {
        return i < directive.size() && std::isupper(static_cast<unsigned char>(directive[i])) != 0;
    };
    std::string out;
    for (std::size_t i = 0; i < directive.size(); ++i) {
        // An acronym is one word: PIDFile, SendSIGKILL.
        const bool word = is_upper(i) && i > 0 &&
                          (!is_upper(i - 1) || (i + 1 < directive.size() && !is_upper(i + 1)));
        out += word ? "-" : "";
        out += static_cast<char>(std::tolower(static_cast<unsigned char>(directive[i])));
    }
    return out;
}

TEST(Schema, NamesAreUnique) {
    Config config;
    std::set<std::string> seen;
    for_each_key(config, [&](std::string_view table, const auto&, const auto& key) {
        EXPECT_TRUE(seen.insert(concat(table, '.', key.name)).second) << table << '.' << key.name;
    });
}

TEST(Schema, DirectivesAreSystemdsAndNameTheKey) {
    Config config;
    for_each_key(config, [&](std::string_view table, const auto&, const auto& key) {
        const bool ours = table == "launcher" || table == "ready" || table == "health" ||
                          table == "log" || key.name == "replace" || key.name == "drain-sec" ||
                          key.name == "on-success" || key.name == "on-failure";
        EXPECT_EQ(key.directive.empty(), ours) << key.name;
        if (!key.directive.empty()) {
            EXPECT_FALSE(sections_with(key.directive).empty()) << key.directive;
            EXPECT_EQ(in_kebab_case(key.directive), key.name);
        }
        EXPECT_TRUE(!ours || key.applies == Applies::amphid) << key.name;
    });
}

TEST(Schema, SentencesAreSentences) {
    Config config;
    std::set<std::string_view> seen;
    for_each_key(config, [&](std::string_view, const auto&, const auto& key) {
        ASSERT_FALSE(key.sentence.empty()) << key.name;
        EXPECT_TRUE(key.sentence.ends_with('.')) << key.name;
        EXPECT_NE(std::isupper(static_cast<unsigned char>(key.sentence.front())), 0) << key.name;
        EXPECT_TRUE(seen.insert(key.sentence).second) << key.name;
    });
}

TEST(Schema, KeysOfTheFirstIssueAreThere) {
    const std::set<std::string> wanted{"unit.description",
                                       "launcher.name",
                                       "launcher.mode",
                                       "launcher.pid-file",
                                       "launcher.service-pid-file",
                                       "launcher.runtime-directory",
                                       "service.type",
                                       "service.exec-start",
                                       "service.restart",
                                       "service.restart-sec",
                                       "service.start-limit-burst",
                                       "service.start-limit-interval-sec",
                                       "service.success-exit-status",
                                       "service.timeout-start-sec",
                                       "service.timeout-stop-sec",
                                       "service.kill-signal",
                                       "service.reload-signal",
                                       "service.notify-access",
                                       "service.working-directory",
                                       "service.umask",
                                       "service.environment",
                                       "service.standard-output",
                                       "service.standard-error"};
    std::set<std::string> missing = wanted;
    Config config;
    for_each_key(config, [&](std::string_view table, const auto&, const auto& key) {
        missing.erase(concat(table, '.', key.name));
    });
    EXPECT_TRUE(missing.empty()) << *missing.begin();
}

// systemd.service(5), systemd.exec(5), systemd.kill(5): the defaults of the directives.
TEST(Schema, DefaultsAreSystemds) {
    const ServiceTable service;
    EXPECT_EQ(service.restart, Restart::no);
    EXPECT_EQ(service.restart_sec, milliseconds(100));
    EXPECT_EQ(service.start_limit_burst, 5U);
    EXPECT_EQ(service.start_limit_interval_sec, seconds(10));
    EXPECT_FALSE(service.timeout_start_sec.has_value()) << "90 s, but for type oneshot";
    EXPECT_EQ(service.timeout_stop_sec, seconds(90));
    EXPECT_EQ(service.kill_signal, Signal{SIGTERM});
    EXPECT_FALSE(service.reload_signal.has_value()) << "SIGHUP, but for type notify-reload only";
    EXPECT_TRUE(service.ignore_sigpipe);
    EXPECT_EQ(service.umask, FileMode{0022});
}

// What the reference prints as a default is what a file without the key means.
TEST(Schema, PrintedDefaultsAreTheInitializers) {
    Config initial;
    ParsedConfig parsed = parse_config("[service]\nexec-start = \"/x\"\n");
    ASSERT_TRUE(parsed.diagnostics.empty());
    std::vector<std::string> of_parsed;
    for_each_key(parsed.config, [&](std::string_view, const auto& table, const auto& key) {
        of_parsed.push_back(printed(table, key));
    });
    const std::string reference = reference_text();
    std::size_t i = 0;
    for_each_key(initial, [&](std::string_view, const auto& table, const auto& key) {
        const std::string value = printed(table, key);
        EXPECT_TRUE(key.name == "exec-start" || value == of_parsed[i]) << key.name;
        const std::string line =
            concat("\n    ", key.name, value.empty() ? "" : concat(" = ", value), '\n');
        EXPECT_NE(reference.find(line), std::string::npos) << line;
        ++i;
    });
}

/// A key that the other one is nothing without.
std::string_view companion_of(std::string_view table, std::string_view key) {
    return table == "ready"                          ? "ready.file = \"/x\"\n"
           : table == "health"                       ? "health.listen = \"tcp:1\"\n"
           : table == "log"                          ? "log.file = \"/x\"\n"
           : key == "file-descriptor-store-preserve" ? "service.file-descriptor-store-max = 1\n"
                                                     : "";
}

// Every default that is set can be written into a file and is taken there.
TEST(Schema, PrintedDefaultsAreReadable) {
    Config config;
    for_each_key(config, [&](std::string_view name, const auto& table, const auto& key) {
        const std::string value = printed(table, key);
        if (value.empty()) {
            return;
        }
        const std::string text =
            concat("service.exec-start = \"/x\"\n", companion_of(name, key.name), name, '.',
                   key.name, " = ", value, '\n');
        const ParsedConfig parsed = parse_config(text);
        EXPECT_EQ(render(parsed.diagnostics, "x", text), "");
    });
}

TEST(Schema, ReferenceIsTheOneReviewed) {
    EXPECT_TRUE(is_golden("tests/config/reference.txt", reference_text()));
}

TEST(Schema, ReferenceFitsATerminal) {
    const std::string text = reference_text();
    for (const std::string_view line : split(text, '\n')) {
        EXPECT_LE(line.size(), 100U) << line;
    }
}

} // namespace
} // namespace amphid
