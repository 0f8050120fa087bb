// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/bus_connection.h"
#include "supervisor/probes/kinds.h"

namespace amphid {

namespace {

/// Asks the bus once, and hears of it when the name gets an owner.
class BusProbe final : public Probe {
public:
    explicit BusProbe(OwnsName condition) : condition_(std::move(condition)) {}

    Look look(TimeSpan /*now*/) override {
        if (!bus_.advance(condition_)) {
            return {Look::Answer::no, bus_.why()};
        }
        if (bus_.owned() == true) {
            return {Look::Answer::yes, {}};
        }
        return {Look::Answer::later,
                bus_.owned() ? "nobody owns it" : "the bus has not answered yet"};
    }

    void cancel() override { bus_.close(); }
    int fd() const override { return bus_.fd(); }

private:
    OwnsName condition_;
    BusConnection bus_;
};

} // namespace

std::unique_ptr<Probe> make_bus_probe(const OwnsName& condition) {
    return std::make_unique<BusProbe>(condition);
}

} // namespace amphid
