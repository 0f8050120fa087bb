// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/os_error.h"
#include "supervisor/probes/kinds.h"

#include <array>
#include <fcntl.h>
#include <string_view>

namespace amphid {

namespace {

/// s6's notification-fd: a newline means ready, end of file without one that it never will be.
class FdProbe final : public Probe {
public:
    explicit FdProbe(int number) : number_(number) {}

    void begin() override {
        int ends[2];
        checked(::pipe2(ends, O_CLOEXEC), "cannot create", "a pipe");
        read_ = Fd(ends[0]);
        write_ = Fd(ends[1]);
        ::fcntl(read_.get(), F_SETFL, O_NONBLOCK);
        heard_ = false;
    }

    Look look(TimeSpan /*now*/) override {
        write_.reset(); // the service has its own copy by now: closing ours makes its exit visible
        std::array<char, 256> buffer;
        ssize_t n = ::read(read_.get(), buffer.data(), buffer.size());
        for (; n > 0; n = ::read(read_.get(), buffer.data(), buffer.size())) {
            const std::string_view text(buffer.data(), static_cast<std::size_t>(n));
            heard_ = heard_ || text.find('\n') != std::string_view::npos;
        }
        if (heard_) {
            return {Look::Answer::yes, {}};
        }
        if (n == 0) {
            read_.reset(); // nothing more can come
        }
        return {Look::Answer::later, read_ ? "no newline yet" : "closed without a newline"};
    }

    void cancel() override {
        read_.reset();
        write_.reset();
    }

    int fd() const override { return read_.get(); }
    Gift gift() const override { return {write_.get(), number_}; }

private:
    int number_;
    Fd read_;
    Fd write_;
    bool heard_ = false;
};

} // namespace

std::unique_ptr<Probe> make_fd_probe(const Writes& condition) {
    return std::make_unique<FdProbe>(condition.fd);
}

} // namespace amphid
