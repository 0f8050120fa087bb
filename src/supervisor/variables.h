// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/machine.h"
#include "plan/plan.h"
#include "supervisor/activation_facts.h"

namespace amphid {

/// The variables about its service that a process gets (systemd.exec(5), "Environment Variables Set
/// or Propagated by the Service Manager"), except those about descriptors. `main_pid` 0: none.
Environment variables_for(CommandList list, const Plan& plan, const Machine& machine,
                          const ActivationFacts& activation, int main_pid);

} // namespace amphid
