# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
use strict;
use warnings;
use Debian::Debhelper::Dh_Lib;

insert_after('dh_installsystemd', 'dh_amphid');

1;
