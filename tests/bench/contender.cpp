// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "contender.h"

#include <array>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace fs = std::filesystem;

namespace {

struct Peer {
    Kind kind;
    const char* name;
    const char* package;
    std::array<const char*, 3> paths; // below the package's tree, then on the host
    bool returns;
    bool readies;
    bool restarts;
};

constexpr Peer peers[] = {
    {Kind::dpkg,
     "dpkg",
     "dpkg",
     {"sbin/start-stop-daemon", "usr/sbin/start-stop-daemon", "usr/bin/start-stop-daemon"},
     true,
     true,
     false},
    {Kind::daemonize,
     "daemonize",
     "daemonize",
     {"usr/bin/daemonize", "usr/sbin/daemonize", "bin/daemonize"},
     true,
     false,
     false},
    {Kind::runsv,
     "runsv",
     "runit",
     {"usr/bin/runsv", "usr/sbin/runsv", "bin/runsv"},
     false,
     false,
     true},
};

bool executable(const fs::path& file) {
    return fs::is_regular_file(file) && access(file.c_str(), X_OK) == 0;
}

std::string first_line(const fs::path& file) {
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return line;
}

std::optional<Contender> find_peer(const Peer& peer, const fs::path& trees) {
    for (const fs::path& root : {trees / peer.package, fs::path("/")}) {
        for (const char* path : peer.paths) {
            if (executable(root / path)) {
                const bool host = root == "/";
                const std::string version = host ? "the host's" : first_line(root / "VERSION");
                return Contender{peer.kind,    peer.name,    version,      root / path,
                                 peer.returns, peer.readies, peer.restarts};
            }
        }
    }
    return std::nullopt;
}

// Pages of a program that was just built wait to be written to the disk; until then each process
// that maps them would have them counted as its own dirty memory.
void write_back(const fs::path& program) {
    const Handle file(open(program.c_str(), O_RDONLY | O_CLOEXEC));
    if (fsync(file.get()) != 0) {
        refuse("write back " + program.string());
    }
}

Contender describe_amphid(const fs::path& program, std::size_t index) {
    std::string version = output_of({program, "--version"});
    version = version.substr(0, version.find('\n'));
    const std::string word = "amphid ";
    if (version.rfind(word, 0) == 0) {
        version = version.substr(word.size());
    }
    const std::string name = index == 0 ? "amphid" : "amphid#" + std::to_string(index + 1);
    return {Kind::amphid, name, version, program, true, true, true};
}

Handle make_fifo(const fs::path& path) {
    if (mkfifo(path.c_str(), 0600) != 0) {
        refuse("make " + path.string());
    }
    // Read-write, so that there is never an end of file between two services.
    return Handle(open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
}

// A restart without delay and without limit; the rest is what a user's first file would say.
std::string amphid_configuration(const fs::path& service, const fs::path& fifo) {
    return "[service]\n"
           "type = \"notify\"\n"
           "exec-start = [\"" +
           service.string() + "\", \"" + fifo.string() +
           "\"]\n"
           "restart = \"always\"\n"
           "restart-sec = 0\n"
           "start-limit-interval-sec = 0\n";
}

} // namespace

std::vector<Contender> find_contenders(const Programs& programs) {
    std::vector<Contender> found;
    for (const fs::path& program : programs.amphids) {
        if (executable(program)) {
            write_back(program);
            found.push_back(describe_amphid(fs::absolute(program), found.size()));
        }
    }
    for (const Peer& peer : peers) {
        if (const std::optional<Contender> contender = find_peer(peer, programs.peers)) {
            found.push_back(*contender);
        }
    }
    return found;
}

Instance prepare(const Contender& contender, const std::string& name, const Programs& programs,
                 const Workplace& place) {
    const fs::path base = place.directory() / name;
    const fs::path fifo = base.string() + ".stamps";
    const fs::path pid_file = base.string() + ".pid";
    const std::string program = contender.program;
    Instance instance{contender, name, {}, place.environment(), {pid_file}, make_fifo(fifo)};
    switch (contender.kind) {
    case Kind::amphid: {
        const fs::path file = base.string() + ".toml";
        write_text(file, amphid_configuration(programs.service, fifo));
        instance.argv = {program, "start", file};
        instance.leavings = {place.runtime() / name};
        break;
    }
    case Kind::dpkg:
        instance.argv = {program,          "--start",        "--quiet",   "--background",
                         "--notify-await", "--make-pidfile", "--pidfile", pid_file,
                         "--exec",         programs.service, "--",        fifo};
        break;
    case Kind::daemonize:
        instance.argv = {program, "-p", pid_file, programs.service, fifo};
        break;
    case Kind::runsv: // no shell in between: runsv at its best
        fs::create_directory(base);
        fs::create_symlink(programs.service, base / "run");
        instance.argv = {program, base};
        instance.environment.push_back("BENCH_STAMPS=" + fifo.string());
        instance.leavings = {base / "supervise"};
        break;
    }
    return instance;
}

Instance prepare_log(const Contender& contender, LogWay way, const std::string& name, int mebibytes,
                     const Programs& programs, const Workplace& place) {
    const fs::path base = place.directory() / name;
    const fs::path fifo = base.string() + ".stamps";
    const fs::path log = base / "log";
    const std::string amount = "BENCH_OUTPUT=" + std::to_string(mebibytes);
    Instance instance{contender, name, {}, place.environment(), {base}, make_fifo(fifo)};
    if (way == LogWay::cat) {
        instance.argv = {"/bin/sh", "-c", "mkdir \"$1\" && \"$2\" \"$3\" | cat >\"$1/log\"",
                         "sh",      base, programs.service,
                         fifo};
        instance.environment.push_back(amount);
        return instance;
    }
    const fs::path file = base.string() + ".toml";
    write_text(file, "[service]\nexec-start = [\"" + programs.service.string() + "\", \"" +
                         fifo.string() + "\"]\nenvironment = [\"" + amount +
                         "\"]\n[log]\nfile = \"" + log.string() +
                         "\"\nmax-size = \"64M\"\nkeep = 1\n" +
                         (way == LogWay::stamped ? "timestamps = \"rfc3339\"\n" : ""));
    fs::create_directory(base);
    instance.argv = {contender.program, "run", file};
    instance.leavings.push_back(place.runtime() / name);
    return instance;
}

void forget(const Instance& instance) {
    for (const fs::path& path : instance.leavings) {
        fs::remove_all(path);
    }
}

} // namespace amphid
