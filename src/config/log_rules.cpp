// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/log_rules.h"

#include "base/text.h"
#include "config/rules.h"

namespace amphid {

namespace {

using Found = std::optional<Diagnostic>;

Found log_names_a_file(const Config& config) {
    if (!config.log.file.text.empty()) {
        return std::nullopt;
    }
    for (const std::string_view key :
         {"max-size", "max-age", "keep", "timestamps", "prefix", "compress", "owner", "mode"}) {
        if (is_set(config, concat("log.", key))) {
            return error_at(config, concat("log.", key), "[log] has no file");
        }
    }
    return std::nullopt;
}

Found log_file_is_a_file(const Config& config) {
    if (!config.log.file.text.ends_with('/')) {
        return std::nullopt;
    }
    return error_at(config, "log.file",
                    concat("'", config.log.file.text, "' is a directory, not a file"));
}

Found something_goes_to_the_log(const Config& config) {
    const auto elsewhere = [](const Output& stream) {
        return stream.kind != OutputKind::automatic;
    };
    if (config.log.file.text.empty() || !elsewhere(config.service.standard_output) ||
        !elsewhere(config.service.standard_error)) {
        return std::nullopt;
    }
    return error_at(
        config, "log.file",
        "nothing is written to this file: standard-output and standard-error are both sent "
        "elsewhere");
}

Found log_limits_are_not_zero(const Config& config) {
    if (config.log.max_size.bytes == 0) {
        return error_at(config, "log.max-size", "max-size must not be 0");
    }
    if (config.log.max_age.usec == 0) {
        return error_at(config, "log.max-age", "max-age must not be 0");
    }
    return std::nullopt;
}

Found log_owner_is_an_account(const Config& config) {
    const std::string& owner = config.log.owner;
    const bool valid = owner.find_first_of(" \t\n/") == std::string::npos && owner != ":" &&
                       !owner.ends_with(':') && owner.find(':') == owner.rfind(':');
    if (valid) {
        return std::nullopt;
    }
    return error_at(config, "log.owner",
                    concat("expected USER, USER:GROUP or :GROUP, got '", owner, "'"));
}

} // namespace

std::vector<Diagnostic> check_log_rules(const Config& config) {
    std::vector<Diagnostic> out;
    for (const auto rule : {log_names_a_file, log_file_is_a_file, something_goes_to_the_log,
                            log_limits_are_not_zero, log_owner_is_an_account}) {
        if (Found found = rule(config)) {
            out.push_back(std::move(*found));
        }
    }
    return out;
}

} // namespace amphid
