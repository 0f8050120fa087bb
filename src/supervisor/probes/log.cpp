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
        // The file was checked: it compiles.
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

    Look look() override {
        return heard_ ? Look{Look::Answer::yes, {}} : Look{Look::Answer::later, "no such line yet"};
    }

    void hear(std::string_view line) override {
        heard_ = heard_ ||
                 (usable_ && ::regexec(&regex_, std::string(line).c_str(), 0, nullptr, 0) == 0);
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
