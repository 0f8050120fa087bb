// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/capability_name.h"
#include "base/text.h"
#include "plan/exec_syntax.h"
#include "resolve/context.h"

namespace amphid {

namespace {

/// Collects the sentences.
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

void want_limits(const ExecContext& context, const Host& host, Wants& wants) {
    for (std::size_t i = 0; i < context.limits.size(); ++i) {
        const auto& limit = context.limits[i];
        if (limit && limit->hard > host.limits[i].hard && !wants.has("CAP_SYS_RESOURCE")) {
            wants.say(concat("limit-", name_of(static_cast<Resource>(i))),
                      concat("the hard limit ", format_limit({limit->hard, limit->hard}),
                             " is above ours, ",
                             format_limit({host.limits[i].hard, host.limits[i].hard}), ", which"),
                      "CAP_SYS_RESOURCE");
        }
    }
}

void want_scheduling(const Scheduling& asked, const Host& host, Wants& wants) {
    const auto soft = [&](Resource resource) {
        return host.limits[static_cast<std::size_t>(resource)].soft;
    };
    const int nice = asked.nice.value_or(host.nice);
    const bool may_raise = static_cast<std::uint64_t>(20 - nice) <= soft(Resource::nice);
    if (host.nice > nice && !may_raise) {
        wants.needs("nice", concat(nice), "CAP_SYS_NICE");
    }
    if (asked.oom_score_adjust && *asked.oom_score_adjust < host.oom_score_adjust) {
        wants.needs("oom-score-adjust", concat(*asked.oom_score_adjust), "CAP_SYS_RESOURCE");
    }
    const int priority = asked.priority.value_or(1);
    if (asked.policy && is_real_time(*asked.policy) &&
        static_cast<std::uint64_t>(priority) > soft(Resource::rtprio)) {
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

std::vector<std::string> missing_privileges(const ExecContext& context, const Host& host) {
    Wants wants(host);
    if (!context.root_directory.empty()) {
        wants.needs("root-directory", "", "CAP_SYS_CHROOT");
    }
    if (!context.supplementary_groups.empty()) {
        wants.needs("supplementary-groups", "", "CAP_SETGID");
    }
    want_capabilities(context, host, wants);
    want_limits(context, host, wants);
    want_scheduling(context.scheduling, host, wants);
    for (const DirectoryKind kind : every<DirectoryKind>()) {
        const OwnDirectories& directories = context.directories[static_cast<std::size_t>(kind)];
        if (!directories.names.empty() && directories.base.empty()) {
            wants.refuse(concat(name_of(kind), "-directory has no place: neither root nor an "
                                               "XDG directory of a user"));
        } else if (!directories.names.empty() && host.uid != 0 && !variable(host, "MANAGERPID") &&
                   executed_by_systemd(host)) {
            wants.refuse(concat(name_of(kind), "-directory needs root"));
        }
    }
    if (host.uid != 0 && (context.standard_output.kind == OutputKind::kmsg ||
                          context.standard_error.kind == OutputKind::kmsg)) {
        wants.refuse("the output kind 'kmsg' needs root");
    }
    return wants.take();
}

} // namespace amphid
