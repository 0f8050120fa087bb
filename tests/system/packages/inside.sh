#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# inside.sh SCRIPT STEP: runs one step of SCRIPT.sh or SCRIPT_*.sh inside a machine.
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
for file in "/root/steps/$1.sh" "/root/steps/$1"_*.sh; do
    # shellcheck source=/dev/null
    [[ ! -e $file ]] || source "$file"
done
"step_$2"
