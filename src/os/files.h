// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace amphid {

/// The content of a small file; nullopt, with errno, if it cannot be read. EFBIG: it is larger than
/// `limit`.
std::optional<std::string> read_small_file(int directory, const char* path,
                                           std::size_t limit = 65536);

/// True if the file certainly does not exist; false if that cannot be determined.
bool is_absent(const std::string& path);
/// The first 4 KiB of a regular file that a daemon wrote; nullopt, with errno, if there is none.
/// Never blocks.
std::optional<std::string> read_file_of_daemon(const std::string& path);

/// The names in a directory, without "." and ".."; empty if it cannot be read.
std::vector<std::string> names_in(const std::string& path);

/// The names in a directory that are numbers: processes in /proc, threads in /proc/PID/task.
std::vector<int> numbers_in(const std::string& path);

/// Reads a descriptor to its end; nullopt, with errno, if that fails. EFBIG: there are more than
/// `limit` bytes.
std::optional<std::string> read_all(int fd, std::size_t limit);

/// Writes the whole text; false, with errno, if that fails.
bool write_all(int fd, std::string_view text);

/// A file that is written under a temporary name and put in place by one rename, so that readers
/// see either the old or the new text. Leaves nothing behind if it is not put in place. All members
/// throw OsError.
class Draft {
public:
    Draft(int directory, std::string name, std::string_view text, mode_t mode);
    Draft& operator=(Draft&&) = delete;
    ~Draft();

    void put_in_place();

    /// Device and inode of the file.
    const struct stat& identity() const { return identity_; }

private:
    int directory_;
    std::string name_;
    std::string temporary_; // empty: in place
    struct stat identity_ {};
};

/// The temporary name of a file's draft, in the same directory: ".NAME.PID" with our PID.
std::string draft_name(std::string_view name);
/// Creates a file of such a name, which nobody else has; -1 with errno. A process of the same PID
/// may have left one.
Fd open_draft(int directory, const std::string& name, mode_t mode);

/// Writes the file atomically, by a Draft.
void replace_file(int directory, const std::string& name, std::string_view text, mode_t mode);

/// Opens a directory one component at a time and refuses a path on which somebody else could
/// replace a component: a directory or symbolic link that belongs to another user than us or root,
/// or a world-writable directory without the sticky bit. `create` makes missing directories, 0755.
/// Throws OsError.
Fd open_directory(const std::string& path, bool create);

/// The same for a directory that may itself belong to somebody else, which the caller has to
/// consider. An empty descriptor if it cannot be opened.
Fd look_into_directory(const std::string& path);

/// The whole path of a name in an open directory, for messages.
std::string path_in(int directory, std::string_view name);

/// The two parts of an absolute path: the directory, at least "/", and the name in it.
std::pair<std::string, std::string> split_path(const std::string& path);

} // namespace amphid
