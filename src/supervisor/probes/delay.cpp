// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "machine/event.h"
#include "supervisor/probes/kinds.h"

namespace amphid {

namespace {

class DelayProbe final : public Probe {
public:
    explicit DelayProbe(TimeSpan span) : span_(span) {}

    void begin() override { end_ = {}; }

    Look look(TimeSpan now) override {
        if (end_.usec == 0) {
            end_ = after(now, span_);
        }
        return now >= end_ ? Look{Look::Answer::yes, {}}
                           : Look{Look::Answer::later, "not yet", end_};
    }

private:
    TimeSpan span_;
    TimeSpan end_; // 0: started by the first look
};

} // namespace

std::unique_ptr<Probe> make_delay_probe(const Lives& condition) {
    return std::make_unique<DelayProbe>(condition.span);
}

} // namespace amphid
