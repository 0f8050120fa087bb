// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "os/clock.h"
#include "os/listeners.h"
#include "os/sock_diag.h"
#include "subject.h"
#include "supervisor/health_check.h"

#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/un.h>
#include <thread>

namespace amphid {
namespace {

namespace fs = std::filesystem;

constexpr TimeSpan timeout = seconds(5);
constexpr TimeSpan pause = milliseconds(20);

struct TemporaryDirectory {
    TemporaryDirectory() {
        std::string name = fs::temp_directory_path() / "amphid-probes-XXXXXX";
        path = ::mkdtemp(name.data());
    }
    ~TemporaryDirectory() { fs::remove_all(path); }
    std::string path;
};

/// One condition that is asked about.
struct One {
    explicit One(const Condition& condition) : set({condition}, subject, timeout) { set.begin(); }
    void ask() { set.ask(pause, monotonic_now()); }
    bool met() const { return set.findings().front().met; }
    const std::string& why() const { return set.findings().front().why; }
    bool await() {
        return look_until(set, [this] { return met(); });
    }
    /// Looks for a while in which nothing may be met.
    bool stays_unmet() {
        const TimeSpan end{monotonic_now().usec + 60'000};
        look_until(set, [this, end] { return met() || monotonic_now() > end; });
        return !met();
    }

    FakeSubject subject;
    ProbeSet set;
};

void serve_one_answer(const Fd& listener, std::string_view answer) {
    const Fd peer(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    char request[512];
    ASSERT_GT(::recv(peer.get(), request, sizeof request, 0), 0);
    ASSERT_EQ(::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(answer.size()));
}

TEST(ListenProbe, IsMetByAListeningSocketOfTheService) {
    std::uint16_t port = 0;
    const Fd socket = tcp_socket(port);
    One one(Listens{tcp_at(port)});
    one.ask();
    EXPECT_TRUE(one.stays_unmet()) << "bound is not listening";
    EXPECT_EQ(one.why(), "nothing listens");
    ASSERT_EQ(::listen(socket.get(), 1), 0);
    EXPECT_TRUE(one.await()) << one.why();
    EXPECT_EQ(one.why(), concat("held by PID ", ::getpid()));
}

TEST(ListenProbe, NamesAStranger) {
    std::uint16_t port = 0;
    const Fd socket = tcp_socket(port);
    ASSERT_EQ(::listen(socket.get(), 1), 0);
    One one(Listens{tcp_at(port)});
    one.subject.there = false;
    one.ask();
    EXPECT_TRUE(one.stays_unmet());
    EXPECT_EQ(one.why(), concat("PID ", ::getpid(),
                                " (unit_tests) listens, which does not belong to this service"));
}

TEST(ListenProbe, KnowsAddresses) {
    std::uint16_t port = 0;
    const Fd socket = tcp_socket(port);
    ASSERT_EQ(::listen(socket.get(), 1), 0);
    for (const auto& [text, there] : {std::pair("tcp:127.0.0.1:", true),
                                      {"tcp:127.0.0.2:", false},
                                      {"tcp:", true},
                                      {"tcp:localhost:", true},
                                      {"tcp:[::1]:", false},
                                      {"udp:", false}}) {
        const auto endpoint = std::get<Endpoint>(parse_endpoint(concat(text, port)));
        for (const auto& found : {listeners_by_sock_diag(endpoint), listeners_by_proc(endpoint)}) {
            if (found) {
                EXPECT_EQ(!found->empty(), there) << text_of(endpoint);
            }
        }
    }
}

TEST(ListenProbe, BothWaysSeeTheSame) {
    std::uint16_t port = 0;
    const Fd socket = tcp_socket(port);
    ASSERT_EQ(::listen(socket.get(), 1), 0);
    const auto by_proc = listeners_by_proc(tcp_at(port));
    ASSERT_TRUE(by_proc);
    ASSERT_EQ(by_proc->size(), 1U);
    EXPECT_EQ(by_proc->front().uid, ::getuid());
    if (auto by_diag = listeners_by_sock_diag(tcp_at(port))) {
        ASSERT_EQ(by_diag->size(), 1U);
        by_diag->front().cgroup.reset();
        EXPECT_EQ(*by_diag, *by_proc);
    }
}

TEST(ListenProbe, SeesUdpAndUnixSockets) {
    const Fd udp(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    Endpoint endpoint = tcp_at(bind_to_any_port(udp));
    endpoint.kind = Endpoint::Kind::udp;
    One by_udp(Listens{endpoint});
    by_udp.ask();
    EXPECT_TRUE(by_udp.await()) << by_udp.why();

    const TemporaryDirectory directory;
    Endpoint place;
    place.kind = Endpoint::Kind::unix_socket;
    place.path = directory.path + "/socket";
    One by_unix(Listens{place});
    const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    place.path.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    by_unix.ask();
    EXPECT_TRUE(by_unix.stays_unmet()) << "bound is not listening";
    ASSERT_EQ(::listen(socket.get(), 1), 0);
    EXPECT_TRUE(by_unix.await()) << by_unix.why();
    for (const auto& found : {listeners_by_sock_diag(place), listeners_by_proc(place)}) {
        EXPECT_TRUE(!found || found->size() == 1);
    }
}

TEST(ConnectProbe, IsMetByAnAnswer) {
    std::uint16_t port = 0;
    const Fd socket = tcp_socket(port);
    One one(Connects{tcp_at(port)});
    one.ask();
    EXPECT_TRUE(one.stays_unmet());
    EXPECT_EQ(one.why(), "Connection refused");
    ASSERT_EQ(::listen(socket.get(), 1), 0);
    EXPECT_TRUE(one.await()) << one.why();
}

// Whatever its type.
TEST(ConnectProbe, IsMetByAUnixSocket) {
    for (const int type : {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM}) {
        const TemporaryDirectory directory;
        Endpoint endpoint;
        endpoint.kind = Endpoint::Kind::unix_socket;
        endpoint.path = directory.path + "/socket";
        One one(Connects{endpoint});
        one.ask();
        EXPECT_TRUE(one.stays_unmet());
        EXPECT_EQ(one.why(), "No such file or directory");
        const Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        endpoint.path.copy(at.sun_path, sizeof at.sun_path - 1);
        ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
        ASSERT_TRUE(type == SOCK_DGRAM || ::listen(socket.get(), 1) == 0);
        EXPECT_TRUE(one.await()) << one.why();
    }
}

TEST(HttpProbe, WantsTheExpectedStatus) {
    std::uint16_t port = 0;
    const Fd socket = tcp_socket(port);
    ASSERT_EQ(::listen(socket.get(), 8), 0);
    One one(Answers{
        std::get<HttpCheck>(parse_http_check(concat("http://127.0.0.1:", port, "/health")))});
    std::thread server([&socket] {
        serve_one_answer(socket, "HTTP/1.1 503 Service Unavailable\r\n\r\n");
        serve_one_answer(socket, "SSH-2.0-OpenSSH_9.2\r\n");
        serve_one_answer(socket, "HTTP/1.0 204 No Content\r\n\r\n");
    });
    one.ask();
    EXPECT_TRUE(look_until(one.set, [&] { return one.why() == "status 503"; })) << one.why();
    EXPECT_TRUE(look_until(one.set, [&] { return one.why() == "the answer is not HTTP"; }))
        << one.why();
    EXPECT_TRUE(one.await()) << one.why();
    server.join();
}

TEST(HttpProbe, IsNotHeldByASilentServer) {
    std::uint16_t port = 0;
    const Fd socket = tcp_socket(port);
    ASSERT_EQ(::listen(socket.get(), 8), 0);
    FakeSubject subject;
    ProbeSet set(
        {Answers{std::get<HttpCheck>(parse_http_check(concat("http://127.0.0.1:", port)))}},
        subject, milliseconds(50));
    set.begin();
    set.ask(pause, monotonic_now());
    EXPECT_TRUE(look_until(set, [&] {
        return set.findings().front().why == "no answer within 50ms";
    })) << set.findings().front().why;
}

// What the last run left is no readiness of this one; to touch it, or to write it again, is.
TEST(FileProbe, AFileOfTheLastRunHasToChange) {
    const TemporaryDirectory directory;
    const std::string file = directory.path + "/ready";
    std::ofstream(file) << "x";
    struct stat st {};
    timespec now{};
    do { // a later tick of the file system's clock
        ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
        ASSERT_EQ(::stat(file.c_str(), &st), 0);
    } while (now.tv_sec == st.st_ctim.tv_sec && now.tv_nsec <= st.st_ctim.tv_nsec);
    One touched(Exists{file});
    touched.ask();
    EXPECT_TRUE(touched.stays_unmet());
    EXPECT_EQ(touched.why(), "it has not changed since before the start");
    ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), nullptr, 0), 0);
    EXPECT_TRUE(touched.await()) << touched.why();
}

TEST(FileProbe, SeesItAppearBelowDirectoriesThatAppear) {
    const TemporaryDirectory directory;
    One one(Exists{directory.path + "/a/b/ready"});
    one.ask();
    EXPECT_TRUE(one.stays_unmet());
    fs::create_directories(directory.path + "/a/b");
    EXPECT_TRUE(one.stays_unmet());
    std::ofstream(directory.path + "/a/b/ready.tmp") << "x";
    fs::rename(directory.path + "/a/b/ready.tmp", directory.path + "/a/b/ready");
    EXPECT_TRUE(one.await()) << one.why();
}

TEST(LogProbe, WaitsForAMatchingLine) {
    One one(Prints{"^ready to accept [0-9]+"});
    one.set.hear({"not ready to accept 5"});
    one.ask();
    EXPECT_TRUE(one.stays_unmet());
    one.set.hear({"ready to accept 12 connections"});
    EXPECT_TRUE(one.await());
}

TEST(FdProbe, WaitsForANewline) {
    One one(Writes{7});
    const auto gifts = one.set.gifts();
    ASSERT_EQ(gifts.size(), 1U);
    EXPECT_EQ(gifts.front().number, 7);
    Fd service(::dup(gifts.front().fd));
    one.ask();
    ASSERT_EQ(::write(service.get(), "almost", 6), 6);
    EXPECT_TRUE(one.stays_unmet());
    ASSERT_EQ(::write(service.get(), "\n", 1), 1);
    EXPECT_TRUE(one.await());
}

TEST(FdProbe, IsNotMetByAnEnd) {
    One one(Writes{7});
    one.ask();
    EXPECT_TRUE(one.stays_unmet());
    EXPECT_EQ(one.why(), "closed without a newline");
}

TEST(DelayProbe, IsMetInTime) {
    One one(Lives{milliseconds(30)});
    const TimeSpan begin = monotonic_now();
    one.ask();
    EXPECT_TRUE(one.await());
    EXPECT_GE(monotonic_now().usec - begin.usec, 30'000);
}

TEST(HealthCheck, CountsFailedRoundsInARow) {
    std::uint16_t port = 0;
    Fd socket = tcp_socket(port);
    ASSERT_EQ(::listen(socket.get(), 8), 0);
    FakeSubject subject;
    Health health;
    health.checks = {Listens{tcp_at(port)}};
    health.interval = milliseconds(5);
    health.failures = 2;
    HealthCheck check(health, subject);
    check.begin(monotonic_now());
    const auto next = [&check] {
        auto news = HealthCheck::News::none;
        for (int i = 0; i < 1000 && news == HealthCheck::News::none; ++i) {
            pollfd fd{check.fd(), POLLIN, 0};
            ::poll(&fd, 1, 10);
            news = check.look(monotonic_now());
        }
        return news;
    };
    EXPECT_EQ(next(), HealthCheck::News::passed);
    EXPECT_EQ(next(), HealthCheck::News::passed);
    subject.there = false;
    EXPECT_EQ(next(), HealthCheck::News::failed);
    subject.there = true;
    EXPECT_EQ(next(), HealthCheck::News::passed);
    subject.there = false;
    EXPECT_EQ(next(), HealthCheck::News::failed);
    EXPECT_EQ(next(), HealthCheck::News::ill);
    EXPECT_NE(check.unmet(), "");
}

} // namespace
} // namespace amphid
