#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# inside.sh SCRIPT STEP: runs one step of SCRIPT.sh inside a machine.
set -euo pipefail

load_helpers() {
    # shellcheck source=tests/system/cases/inside.sh
    source /root/cases/inside.sh
}
load_helpers
scratch=/root/scratch
mkdir -p "$scratch"

# shellcheck source=tests/system/packages/common.sh
source /root/steps/common.sh
# shellcheck source=/dev/null
source "/root/steps/$1.sh"
"step_$2"
