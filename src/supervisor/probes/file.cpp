// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/files.h"
#include "supervisor/probes/kinds.h"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <optional>
#include <sys/inotify.h>
#include <sys/stat.h>

namespace amphid {

namespace {

bool is_before(const timespec& one, const timespec& other) {
    return one.tv_sec < other.tv_sec || (one.tv_sec == other.tv_sec && one.tv_nsec < other.tv_nsec);
}

/// What tells a file from another one, or from itself after a change.
struct Seen {
    dev_t device = 0;
    ino_t inode = 0;
    timespec changed{}; // ctime of the file, or of the link to it if that is later
    bool is_link = false;
};

bool is_same(const Seen& one, const Seen& other) {
    return one.device == other.device && one.inode == other.inode &&
           !is_before(one.changed, other.changed) && !is_before(other.changed, one.changed);
}

/// Watches the nearest existing directory: the next component will appear there first.
class FileProbe final : public Probe {
public:
    explicit FileProbe(std::string path) : path_(std::move(path)) {}

    /// The last run may have left it.
    void begin() override {
        before_ = see();
        timespec now{};
        ::clock_gettime(CLOCK_REALTIME_COARSE, &now); // the clock of file systems
        if (before_ && !is_before(before_->changed, now)) {
            before_.reset(); // another change in this tick of the clock would not show
        }
    }

    Look look(TimeSpan /*now*/) override {
        watch();
        // After adding the watch, so that nothing is missed in between.
        const auto seen = see();
        const std::string why =
            seen ? "it has not changed since before the start" : std::string(::strerror(errno));
        if (seen && (!before_ || !is_same(*seen, *before_))) {
            return {Look::Answer::yes, {}};
        }
        // A change of what a link leads to is not seen in the link's directory.
        const bool is_watched = inotify_ && !(seen && seen->is_link);
        return {is_watched ? Look::Answer::later : Look::Answer::no, why};
    }

    void cancel() override { inotify_.reset(); }
    int fd() const override { return inotify_.get(); }

private:
    /// The file, with links followed; nothing, and errno, if there is none.
    std::optional<Seen> see() const {
        struct stat link {};
        struct stat file {};
        if (::lstat(path_.c_str(), &link) < 0 || ::stat(path_.c_str(), &file) < 0) {
            return std::nullopt;
        }
        return Seen{file.st_dev, file.st_ino,
                    is_before(file.st_ctim, link.st_ctim) ? link.st_ctim : file.st_ctim,
                    S_ISLNK(link.st_mode)};
    }

    void watch() {
        // The next directory may be created while we still watch the one above.
        constexpr int most_tries = 8;
        for (int i = 0; i < most_tries; ++i) {
            inotify_ = Fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
            struct stat st {};
            const std::string missing = watch_nearest();
            if (!inotify_ || missing == path_ || ::lstat(missing.c_str(), &st) < 0) {
                return;
            }
        }
        inotify_.reset();
    }

    /// Returns what is missing in the directory that is watched now. Without a watch (no descriptor
    /// left, or no permission) we poll.
    std::string watch_nearest() {
        std::string missing = path_;
        while (inotify_) {
            const std::string directory = split_path(missing).first;
            const int watched =
                ::inotify_add_watch(inotify_.get(), directory.c_str(),
                                    IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF |
                                        IN_ONLYDIR | (before_ ? IN_ATTRIB | IN_MODIFY : 0U));
            if (watched >= 0) {
                break;
            }
            if (directory == "/" || errno == ENOSPC) {
                inotify_.reset();
            }
            missing = directory;
        }
        return missing;
    }

    std::string path_;
    std::optional<Seen> before_; // the start
    Fd inotify_;
};

} // namespace

std::unique_ptr<Probe> make_file_probe(const Exists& condition) {
    return std::make_unique<FileProbe>(condition.path);
}

} // namespace amphid
