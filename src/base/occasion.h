// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace amphid {

/// Events of a service that somebody may want to find in the journal by their MESSAGE_ID=.
enum class Occasion : std::uint8_t {
    other, // has none
    starting,
    ready,
    failed,
    restarting,
    stopping,
    stopped,
    reloading,
    reloaded,
};

/// An event's fixed id, and what the journal's catalog and the manual say about it.
struct OccasionRow {
    std::string_view name;
    std::string_view id;
    std::string_view subject; // of the catalog's entry
    std::string_view sentence;
};

/// In the order of the enumerators. An id is never changed.
inline constexpr std::array<OccasionRow, 9> occasion_table{{
    {"other", "", "", ""},
    {"starting", "96e80502691343348e9211159ffee9ab", "Service @AMPHID_SERVICE@ is starting",
     "The main process of the service was started."},
    {"ready", "0f402f30b58842f9bc27a34fd5ade7a6", "Service @AMPHID_SERVICE@ is ready",
     "The service has become ready."},
    {"failed", "bde5f80cb33c4a03b054de0446cd660a", "Service @AMPHID_SERVICE@ has failed",
     "The service has failed. The message tells the reason."},
    {"restarting", "ace0f03c1d2d4062a897ecc137c3d808",
     "Service @AMPHID_SERVICE@ is about to be restarted",
     "The service has ended and will be started again, as configured by restart."},
    {"stopping", "cce24b0ec3e84061b694c8c98f189ba5", "Service @AMPHID_SERVICE@ is stopping",
     "The processes of the service were told to stop, or the service is stopping on its own."},
    {"stopped", "b5b2280a3458471188a8ffee6c11d377", "Service @AMPHID_SERVICE@ has stopped",
     "The service has stopped without a failure."},
    {"reloading", "85068ea8011e4211acb11bb6d9b6e940", "Service @AMPHID_SERVICE@ is reloading",
     "The service was told to reload its configuration, or announced a reload."},
    {"reloaded", "265a67b287ae42e3b338069c3adb8bf7", "Service @AMPHID_SERVICE@ has reloaded",
     "The service has finished reloading its configuration."},
}};

constexpr const OccasionRow& row_of(Occasion occasion) {
    return occasion_table[static_cast<std::size_t>(occasion)];
}

} // namespace amphid
