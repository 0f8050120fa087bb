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

/// The content of a small file; nothing, with errno, where it cannot be read. EFBIG: it is larger
/// than `limit`.
std::optional<std::string> read_small_file(int directory, const char* path,
                                           std::size_t limit = 65536);

/// True where there is certainly no such file: what cannot be looked at may be there.
bool is_absent(const std::string& path);
/// The beginning of a regular file that a daemon wrote, at most 4 KiB; nothing, with errno, where
/// there is none. Never waits.
std::optional<std::string> read_file_of_daemon(const std::string& path);

/// The names in a directory, without "." and ".."; none where it cannot be read.
std::vector<std::string> names_in(const std::string& path);

/// The numbers among the names in a directory: processes of /proc, threads of /proc/PID/task.
std::vector<int> numbers_in(const std::string& path);

/// Reads to the end of a descriptor; nothing, with errno, where reading fails. EFBIG: there are
/// more than `limit` bytes.
std::optional<std::string> read_all(int fd, std::size_t limit);

/// Writes the whole text; false, with errno, where that fails.
bool write_all(int fd, std::string_view text);

/// A file in the making: written under another name, put in place by one rename, so that a reader
/// sees the old or the new text and nothing else. Leaves nothing behind where it is not put in
/// place. All members throw OsError.
class Draft {
public:
    Draft(int directory, std::string name, std::string_view text, mode_t mode);
    Draft(Draft&& other) noexcept;
    Draft& operator=(Draft&&) = delete;
    ~Draft();

    void put_in_place();

    /// Of the file, wherever it is.
    const struct stat& identity() const { return identity_; }

private:
    int directory_;
    std::string name_;
    std::string temporary_; // empty: in place
    struct stat identity_ {};
};

/// The name of a file's draft, beside it: ".NAME.PID" with our PID.
std::string draft_name(std::string_view name);

/// Drafts the file and puts it in place.
void replace_file(int directory, const std::string& name, std::string_view text, mode_t mode);

/// Opens a directory one component at a time and refuses a way through places where somebody else
/// could swap what we find: a directory or symbolic link that belongs to another user than us or
/// root, or one that everybody may write without the sticky bit. `create` makes missing
/// directories, 0755. Throws OsError.
Fd open_directory(const std::string& path, bool create);

/// The same for a look at a directory that may belong to somebody else, which its reader then keeps
/// in mind. An empty descriptor where there is none to be had that way.
Fd look_into_directory(const std::string& path);

/// The whole path of a name in an open directory, for whoever reads of it.
std::string path_in(int directory, std::string_view name);

/// The two parts of an absolute path: the directory, at least "/", and the name in it.
std::pair<std::string, std::string> split_path(const std::string& path);

} // namespace amphid
