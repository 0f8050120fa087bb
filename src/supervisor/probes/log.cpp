// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "supervisor/probes/kinds.h"

#include <regex.h>

namespace amphid {

namespace {

class LogProbe final : public Probe {
public:
    explicit LogProbe(const std::string& pattern) {
        // It was checked with the configuration: it compiles.
        usable_ = ::regcomp(&regex_, pattern.c_str(), REG_EXTENDED | REG_NOSUB) == 0;
    }
    LogProbe(const LogProbe&) = delete;
    LogProbe& operator=(const LogProbe&) = delete;
    ~LogProbe() override {
        if (usable_) {
            ::regfree(&regex_);
        }
    }

    void begin() override { heard_ = false; }

    Look look(TimeSpan /*now*/) override {
        return heard_ ? Look{Look::Answer::yes, {}} : Look{Look::Answer::later, "no such line yet"};
    }

    bool hear(const Line& line) override {
        if (heard_ || !usable_) {
            return false;
        }
        // REG_STARTEND: a NUL is an ordinary character.
        regmatch_t range{0, static_cast<regoff_t>(line.text.size())};
        const int flags =
            REG_STARTEND | (line.begins ? 0 : REG_NOTBOL) | (line.ends ? 0 : REG_NOTEOL);
        heard_ = ::regexec(&regex_, line.text.data(), 0, &range, flags) == 0;
        return heard_;
    }

private:
    regex_t regex_{};
    bool usable_ = false;
    bool heard_ = false;
};

} // namespace

std::unique_ptr<Probe> make_log_probe(const Prints& condition) {
    return std::make_unique<LogProbe>(condition.pattern);
}

} // namespace amphid
