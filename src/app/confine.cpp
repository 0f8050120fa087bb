// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/confine.h"

#include "app/console.h"
#include "app/other_unit.h"
#include "base/text.h"
#include "os/kernel.h"
#include "os/os_error.h"
#include "os/seccomp.h"
#include "plan/call_filter.h"
#include "plan/own_unit.h"

#include <algorithm>
#include <unistd.h>

namespace amphid {

namespace {

/// systemd applies the directives of such a unit to us, and so to the service.
bool has_generated_unit(const Plan& plan, const Host& host) {
    if (plan.manager == Manager::none) {
        return false;
    }
    const std::string unit = unit_in_cgroup(host.cgroup, plan.manager);
    const auto found = find_other_unit(unit, plan.manager, host);
    const std::string transient = concat("/run/systemd/transient/", unit);
    return !unit.empty() && (found ? found->deliberate : ::access(transient.c_str(), F_OK) < 0);
}

bool has_keyring(const SandboxSettings& settings) {
    return settings.keyring_mode != KeyringMode::inherit;
}

} // namespace

std::vector<std::string> confine(Plan& plan, const Host& host) {
    Sandbox& sandbox = plan.context.sandbox;
    if (has_generated_unit(plan, host)) {
        sandbox = {};
        return {};
    }
    std::vector<std::string> missing;
    const auto attempt = [&](const auto& step, const auto& undo) {
        try {
            step();
        } catch (const OsError& error) {
            if (!sandbox.is_optional) {
                throw Failure(ExitCode::failure,
                              concat(plan.name, ": ", error.what(),
                                     "; `sandbox = \"warn\"` in [launcher] starts it without"));
            }
            undo();
            missing.push_back(concat("not confined: ", error.what()));
        }
    };
    attempt([&] { sandbox.filters = compile_filters(sandbox.settings); },
            [&] { sandbox.keeps_rights = false; });
    if (has_keyring(sandbox.settings)) {
        attempt([] { require_keyrings(); },
                [&] { sandbox.settings.keyring_mode = KeyringMode::inherit; });
    }
    plan.concessions.insert(plan.concessions.end(), missing.begin(), missing.end());
    return missing;
}

std::string sandbox_words(const Sandbox& sandbox) {
    const std::string keys = keys_with_filter(sandbox.settings);
    const auto filtered =
        keys.empty() || sandbox.filters.empty() ? 0 : std::count(keys.begin(), keys.end(), ',') + 1;
    const auto all = filtered + (has_keyring(sandbox.settings) ? 1 : 0);
    if (all == 0) {
        return {};
    }
    return concat(all, all == 1 ? " key" : " keys", ", ", sandbox.filters.size(),
                  sandbox.filters.size() == 1 ? " filter" : " filters");
}

} // namespace amphid
