#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# skip.sh SENTENCE: a stage that cannot run here and says why.
set -euo pipefail
# shellcheck source=tests/system/stages.sh
source "$(dirname "${BASH_SOURCE[0]}")/stages.sh"
printf 'skipped: %s\n' "$1"
report 0 0 1
