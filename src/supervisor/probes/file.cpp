// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/files.h"
#include "supervisor/probes/kinds.h"

#include <cerrno>
#include <cstring>
#include <sys/inotify.h>
#include <sys/stat.h>

namespace amphid {

namespace {

/// Watches the nearest existing directory: the next component will appear there first.
class FileProbe final : public Probe {
public:
    explicit FileProbe(std::string path) : path_(std::move(path)) {}

    Look look(TimeSpan /*now*/) override {
        watch();
        // After adding the watch, so that nothing is missed in between.
        struct stat st {};
        if (::stat(path_.c_str(), &st) == 0) {
            return {Look::Answer::yes, {}};
        }
        const std::string why = ::strerror(errno);
        return inotify_ ? Look{Look::Answer::later, why} : Look{Look::Answer::no, why};
    }

    void cancel() override { inotify_.reset(); }
    int fd() const override { return inotify_.get(); }

private:
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
            const int watched = ::inotify_add_watch(inotify_.get(), directory.c_str(),
                                                    IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF |
                                                        IN_MOVE_SELF | IN_ONLYDIR);
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
    Fd inotify_;
};

} // namespace

std::unique_ptr<Probe> make_file_probe(const Exists& condition) {
    return std::make_unique<FileProbe>(condition.path);
}

} // namespace amphid
