// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/capabilities.h"

#include <cerrno>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace amphid {

int read_capabilities(Capabilities& out) noexcept {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2] = {};
    if (::syscall(SYS_capget, &header, data) < 0) {
        return errno;
    }
    const auto join = [](unsigned low, unsigned high) { return low | std::uint64_t{high} << 32; };
    out = {join(data[0].effective, data[1].effective), join(data[0].permitted, data[1].permitted),
           join(data[0].inheritable, data[1].inheritable)};
    return 0;
}

int write_capabilities(const Capabilities& set) noexcept {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const auto low = [](std::uint64_t bits) { return static_cast<unsigned>(bits); };
    const auto high = [](std::uint64_t bits) { return static_cast<unsigned>(bits >> 32); };
    const __user_cap_data_struct data[2] = {
        {low(set.effective), low(set.permitted), low(set.inheritable)},
        {high(set.effective), high(set.permitted), high(set.inheritable)}};
    return ::syscall(SYS_capset, &header, data) < 0 ? errno : 0;
}

} // namespace amphid
