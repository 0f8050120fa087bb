// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "supervisor/probes/connection.h"
#include "supervisor/probes/kinds.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <sys/socket.h>

namespace amphid {

namespace {

/// "HTTP/1.1 204 No Content" → 204.
std::optional<int> status_of(std::string_view line) {
    const auto blank = line.find(' ');
    if (!line.starts_with("HTTP/") || blank == std::string_view::npos) {
        return std::nullopt;
    }
    return parse_number<int>(line.substr(blank + 1, 3));
}

class HttpProbe final : public Probe {
public:
    explicit HttpProbe(HttpCheck check) : check_(std::move(check)), connection_(check_.server) {}

    Look look(TimeSpan /*now*/) override {
        if (!sent_) {
            const int error = connection_.advance();
            if (error == EINPROGRESS) {
                return {Look::Answer::later, "no answer yet"};
            }
            if (error != 0) {
                return end({Look::Answer::no, ::strerror(error)});
            }
            const std::string request =
                concat("GET ", check_.path, " HTTP/1.1\r\nHost: ", check_.host,
                       "\r\nUser-Agent: amphid\r\nAccept: */*\r\nConnection: close\r\n\r\n");
            // A new connection has room for that much.
            if (::send(fd(), request.data(), request.size(), MSG_NOSIGNAL) < 0) {
                return end({Look::Answer::no, ::strerror(errno)});
            }
            sent_ = true;
        }
        return read_answer();
    }

    bool takes_time() const override { return true; }
    void cancel() override {
        connection_.close();
        sent_ = false;
        answer_.clear();
    }

    int fd() const override { return connection_.socket().get(); }
    std::uint32_t events() const override { return sent_ ? EPOLLIN : EPOLLOUT; }

private:
    Look read_answer() {
        constexpr std::size_t most = 1024; // the status line is all that is read
        std::array<char, most> buffer;
        const ssize_t n = ::recv(fd(), buffer.data(), buffer.size() - answer_.size(), 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            return {Look::Answer::later, "connected, but no answer yet"};
        }
        if (n < 0) {
            return end({Look::Answer::no, ::strerror(errno)});
        }
        answer_.append(buffer.data(), static_cast<std::size_t>(n));
        const auto line_end = answer_.find('\n');
        if (line_end == std::string::npos && n > 0 && answer_.size() < most) {
            return {Look::Answer::later, "connected, but no answer yet"};
        }
        const auto status = status_of(std::string_view(answer_).substr(0, line_end));
        if (!status) {
            return end({Look::Answer::no, "the answer is not HTTP"});
        }
        const bool expected = *status >= check_.status_low && *status <= check_.status_high;
        return end({expected ? Look::Answer::yes : Look::Answer::no, concat("status ", *status)});
    }

    Look end(Look look) {
        cancel();
        return look;
    }

    HttpCheck check_;
    Connection connection_;
    bool sent_ = false;
    std::string answer_;
};

} // namespace

std::unique_ptr<Probe> make_http_probe(const Answers& condition) {
    return std::make_unique<HttpProbe>(condition.check);
}

} // namespace amphid
