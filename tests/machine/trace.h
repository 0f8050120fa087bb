// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/text.h"
#include "machine/machine.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

inline constexpr std::string_view event_names[] = {
    "StartRequested",   "StopRequested",     "Adopted",        "ReloadRequested",
    "MainStarted",      "ExecFailed",        "MainExited",     "ControlExited",
    "MainFound",        "MainUnknown",       "TreeEmpty",      "NotifiedReady",
    "NotifiedStopping", "NotifiedReloading", "NotifiedExtend", "ReloadFinished",
    "ConditionsMet",    "WatchdogFailed",    "NameLost",       "NotifiedRestartReset",
    "OutOfResources",   "TimerElapsed"};
static_assert(std::size(event_names) == std::variant_size_v<decltype(Event::what)>);

inline constexpr std::string_view effect_names[] = {"BeginActivation",  "SpawnMain",
                                                    "SpawnControl",     "FindMain",
                                                    "AskConditions",    "SignalTree",
                                                    "KillControl",      "Reload",
                                                    "ReportReload",     "ArmTimer",
                                                    "DisarmTimer",      "AnnounceReady",
                                                    "AnnounceStopping", "AnnounceReloading",
                                                    "AnnounceReloaded", "AskForTime",
                                                    "AnnounceRestart",  "Finish"};
static_assert(std::size(effect_names) == std::variant_size_v<Effect>);

/// A step as it was, for the message of a failure.
struct Taken {
    ServiceState from;
    std::size_t event;
    std::vector<Effect> effects;
    ServiceState to;
    ServiceResult result;
};

/// The last steps of a walk, a line each.
inline std::string trace_of(const std::vector<Taken>& steps) {
    constexpr std::size_t most = 25;
    std::string out;
    for (std::size_t i = steps.size() - std::min(steps.size(), most); i < steps.size(); ++i) {
        const Taken& taken = steps[i];
        out += concat("  ", name_of(taken.from), ": ", event_names[taken.event], " ->");
        for (const Effect& effect : taken.effects) {
            out += concat(' ', effect_names[effect.index()]);
        }
        out += concat(" [", name_of(taken.to), ", ", name_of(taken.result), "]\n");
    }
    return out;
}

} // namespace amphid
