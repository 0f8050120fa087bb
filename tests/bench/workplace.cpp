// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "workplace.h"

#include "process.h"

#include <cstdlib>
#include <fstream>

#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace amphid {

namespace fs = std::filesystem;

namespace {

bool enter_private_run() {
    return unshare(CLONE_NEWNS) == 0 &&
           mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") == 0;
}

bool is_tmpfs(const fs::path& directory) {
    struct statfs info {};
    return statfs(directory.c_str(), &info) == 0 && info.f_type == TMPFS_MAGIC;
}

fs::path parent_of_plain_user() {
    const char* given = std::getenv("XDG_RUNTIME_DIR");
    for (const fs::path candidate : {given != nullptr ? given : "", "/dev/shm"}) {
        if (!candidate.empty() && access(candidate.c_str(), W_OK | X_OK) == 0) {
            return candidate;
        }
    }
    return "/tmp";
}

} // namespace

Workplace::Workplace() : environment_{"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"} {
    const bool root = geteuid() == 0;
    const bool private_run = root && enter_private_run();
    const fs::path parent = root ? fs::path("/run") : parent_of_plain_user();
    std::string name = parent / "amphid-bench.XXXXXX";
    umask(022);
    if (mkdtemp(name.data()) == nullptr) {
        refuse("make " + name);
    }
    directory_ = name;
    runtime_ = (root ? parent : directory_) / "amphid";
    if (!root) {
        environment_.push_back("XDG_RUNTIME_DIR=" + name);
    }
    description_ = std::string(root ? "root" : "plain user") + ", files in " +
                   (private_run ? "a private /run" : parent.string()) +
                   (is_tmpfs(directory_) ? " (tmpfs)" : " (no tmpfs: slower)");
}

Workplace::~Workplace() {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
}

void write_text(const fs::path& file, const std::string& text) {
    std::ofstream stream(file);
    stream << text;
    if (!stream.flush()) {
        throw BenchError("cannot write " + file.string());
    }
}

} // namespace amphid
