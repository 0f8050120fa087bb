// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/capability_name.h"
#include "base/text.h"
#include "config/schema.h"
#include "plan/exec_syntax.h"
#include "resolve/context.h"

#include <algorithm>
#include <cstdint>

namespace amphid {

namespace {

/// Collects the sentences, one per key.
class Wants {
public:
    explicit Wants(const Host& host) : host_(host) {}

    bool has(std::string_view capability) const {
        const auto number = parse_capability(capability);
        return number && ((host_.capabilities >> *number) & 1) != 0;
    }

    void needs(std::string_view key, std::string_view what, std::string_view capability) {
        if (!has(capability)) {
            say(key, what, capability);
        }
    }

    void say(std::string_view key, std::string_view what, std::string_view capability) {
        out_.push_back(concat(key, what.empty() ? "" : ": ", what, " needs ",
                              host_.uid == 0 ? "" : "root: ", capability));
    }

    void refuse(std::string sentence) { out_.push_back(std::move(sentence)); }

    std::vector<std::string> take() { return std::move(out_); }

private:
    const Host& host_;
    std::vector<std::string> out_;
};

void want_scheduling(const Scheduling& asked, const Host& host, Wants& wants) {
    const std::uint64_t most = host.limits[static_cast<std::size_t>(Resource::rtprio)].soft;
    const int priority = asked.priority.value_or(1);
    if (asked.policy && is_real_time(*asked.policy) &&
        static_cast<std::uint64_t>(priority) > most) {
        wants.needs("cpu-scheduling-policy", name_of(*asked.policy), "CAP_SYS_NICE");
    }
    if (asked.io_class == IoClass::realtime && !wants.has("CAP_SYS_ADMIN")) {
        wants.needs("io-scheduling-class", "realtime", "CAP_SYS_NICE");
    }
}

void want_capabilities(const ExecContext& context, const Host& host, Wants& wants) {
    if (context.bounding_set && ~context.bounding_set->bits != 0) {
        wants.needs("capability-bounding-set", "", "CAP_SETPCAP");
    }
    for (int number = 0; number < 64 && context.ambient_set; ++number) {
        if (((context.ambient_set->bits & ~host.capabilities) >> number & 1) != 0) {
            wants.say("ambient-capabilities", "", capability_name(number));
        }
    }
    if (context.secure_bits != 0) {
        wants.needs("secure-bits", "", "CAP_SETPCAP");
    }
}

} // namespace

namespace {

/// In a user namespace the capability shows, but means nothing to limits and scores.
bool has_resources(const Host& host) {
    return Wants(host).has("CAP_SYS_RESOURCE") && !host.outside_uid;
}

void concede(std::string_view key, std::string_view asked, std::string_view given,
             std::string_view why, std::vector<std::string>& out) {
    out.push_back(concat(key, ": ", asked, " is not available here (", why, "); using ", given));
}

void concede_output(std::string_view key, const Output& asked, const Host& host,
                    std::vector<std::string>& out) {
    if (asked.kind == OutputKind::journal && !host.journal_runs) {
        concede(key, "\"journal\"", "the default", "no journald runs", out);
    } else if (asked.kind == OutputKind::kmsg && host.uid != 0) {
        concede(key, "\"kmsg\"", "the default", "only root may write to the kernel log", out);
    }
}

} // namespace

void lower_to_what_can_be_had(ExecContext& context, const Host& host) {
    Scheduling& asked = context.scheduling;
    if (asked.nice && *asked.nice < host.nice && !Wants(host).has("CAP_SYS_NICE")) {
        const auto room = host.limits[static_cast<std::size_t>(Resource::nice)].soft;
        const int best = 20 - static_cast<int>(std::min<std::uint64_t>(room, 40));
        asked.nice = std::max(*asked.nice, std::min(best, host.nice));
    }
    if (has_resources(host)) {
        return;
    }
    for (std::size_t i = 0; i < context.limits.size(); ++i) {
        auto& limit = context.limits[i];
        const std::uint64_t most = host.limits[i].hard;
        if (limit && limit->hard > most) {
            limit = Limit{std::min(limit->soft, most), most};
        }
    }
    if (asked.oom_score_adjust && *asked.oom_score_adjust < host.oom_score_adjust) {
        asked.oom_score_adjust = host.oom_score_adjust;
    }
}

std::vector<std::string> concessions(const ServiceTable& service, const ExecContext& context,
                                     const Host& host) {
    constexpr std::string_view no_resources = "it needs CAP_SYS_RESOURCE";
    std::vector<std::string> out;
    const bool limited = std::any_of(context.limits.begin(), context.limits.end(),
                                     [](const auto& limit) { return limit.has_value(); });
    for (const Key<ServiceTable>& key : limited ? keys_of(service) : KeyList<ServiceTable>()) {
        const auto* member = std::get_if<LimitSetting ServiceTable::*>(&key.member);
        const auto& asked = member != nullptr ? (service.**member).value : std::nullopt;
        if (!asked) {
            continue;
        }
        const auto& given = context.limits[static_cast<std::size_t>((service.**member).resource)];
        if (given && *given != *asked) {
            concede(key.name, format_limit(*asked), format_limit(*given), no_resources, out);
        }
    }
    const Scheduling& given = context.scheduling;
    if (given.nice != service.nice.value) {
        concede("nice", concat(*service.nice.value), concat(*given.nice), "it needs CAP_SYS_NICE",
                out);
    }
    if (given.oom_score_adjust != service.oom_score_adjust.value) {
        concede("oom-score-adjust", concat(*service.oom_score_adjust.value),
                concat(*given.oom_score_adjust), no_resources, out);
    }
    concede_output("standard-output", service.standard_output, host, out);
    concede_output("standard-error", service.standard_error, host, out);
    return out;
}

std::vector<std::string> missing_privileges(const ExecContext& context, const Host& host) {
    Wants wants(host);
    if (!context.root_directory.empty()) {
        wants.needs("root-directory", "", "CAP_SYS_CHROOT");
    }
    if (!context.supplementary_groups.empty()) {
        wants.needs("supplementary-groups", "", "CAP_SETGID");
    }
    want_capabilities(context, host, wants);
    want_scheduling(context.scheduling, host, wants);
    for (const DirectoryKind kind : every<DirectoryKind>()) {
        const OwnDirectories& directories = context.directories[static_cast<std::size_t>(kind)];
        if (!directories.names.empty() && directories.base.empty()) {
            wants.refuse(concat(name_of(kind), "-directory has no place: neither root nor an "
                                               "XDG directory of a user"));
        } else if (!directories.names.empty() && host.uid != 0 &&
                   manager_of_places(host) == Manager::system) {
            wants.refuse(concat(name_of(kind), "-directory needs root"));
        }
    }
    return wants.take();
}

} // namespace amphid
