// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/status_options.h"

#include "base/text.h"

namespace amphid {

namespace {

constexpr std::string_view awaited_words[] = {"ready", "stopped"};

std::string probe(Arguments& arguments, Probe probe) {
    const bool other = arguments.probe != Probe::none && arguments.probe != probe;
    arguments.probe = probe;
    return other ? "--ready and --live exclude each other" : "";
}

const OptionRow ready_option{"ready", "", "tell by exit code whether it is ready",
                             [](Arguments& a, std::string_view) { return probe(a, Probe::ready); }};
const OptionRow live_option{"live", "", "tell by exit code whether it is alive",
                            [](Arguments& a, std::string_view) { return probe(a, Probe::live); }};
const OptionRow wait_option{"wait", "STATE", "wait for the state ready or stopped",
                            [](Arguments& a, std::string_view word) {
                                const auto found = from_name<WaitFor>(word);
                                a.awaits = found.value_or(WaitFor::nothing);
                                return a.awaits != WaitFor::nothing
                                           ? std::string()
                                           : concat("--wait takes 'ready' or 'stopped', got '",
                                                    word, '\'');
                            },
                            awaited_words};
const OptionRow timeout_option{
    "timeout", "SPAN", "how long to wait, by default forever",
    [](Arguments& a, std::string_view text) {
        const auto span = parse_time_span(text);
        a.timeout = span.value_or(TimeSpan::infinity());
        return span ? std::string() : concat("--timeout takes a time span, got '", text, '\'');
    }};

} // namespace

std::vector<const OptionRow*> question_options() {
    return {&ready_option, &live_option, &wait_option, &timeout_option};
}

std::string wrong_question(const Arguments& arguments) {
    const bool waits = arguments.awaits != WaitFor::nothing;
    if (!waits && !arguments.timeout.is_infinite()) {
        return "--timeout is for --wait";
    }
    if (waits && arguments.probe != Probe::none) {
        return "--wait and --ready or --live exclude each other";
    }
    const bool asks = waits || arguments.probe != Probe::none;
    if (asks && arguments.operands.empty()) {
        return "which service?";
    }
    return asks && (arguments.json || arguments.metrics)
               ? "--ready, --live and --wait exclude --json and --metrics"
               : std::string();
}

} // namespace amphid
