// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/environment_files.h"

#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/trust.h"
#include "plan/exec_syntax.h"

#include <cerrno>
#include <fcntl.h>
#include <glob.h>
#include <unistd.h>

namespace amphid {

namespace {

constexpr std::size_t largest_environment = 1 << 20;

/// The files that a path matches; the path itself if it has no wildcards or nothing matches.
std::vector<std::string> files_of(const std::string& path) {
    if (path.find_first_of("*?[{\\") == std::string::npos) {
        return {path};
    }
    glob_t found{};
    std::vector<std::string> out;
    if (::glob(path.c_str(), GLOB_BRACE, nullptr, &found) == 0) {
        for (std::size_t i = 0; i < found.gl_pathc; ++i) {
            out.emplace_back(found.gl_pathv[i]);
        }
    }
    ::globfree(&found);
    return out.empty() ? std::vector{path} : out;
}

/// False if the files cannot be used; `out` then says why.
bool read_file(const std::string& path, const ExecContext& context, bool optional,
               EnvironmentsRead& out) {
    if (::geteuid() == 0) {
        require_trusted(path, context.trusted_users);
    }
    errno = 0;
    const auto text = read_small_file(AT_FDCWD, path.c_str(), largest_environment);
    if (!text) {
        const int error = errno == 0 ? EFBIG : errno;
        if (optional && error == ENOENT) {
            return true;
        }
        out.error = error;
        out.object = path;
        return false;
    }
    EnvironmentText parsed = parse_environment_file(*text);
    for (const Diagnostic& found : parsed.diagnostics) {
        const std::string where = concat(path, ':', found.at.line);
        if (found.severity == Diagnostic::Severity::error) {
            out.error = EINVAL;
            out.object = concat(where, ": ", found.message);
            return false;
        }
        out.warnings.push_back(concat(where, ": ", printable(found.message)));
    }
    out.files.push_back(std::move(parsed.variables));
    return true;
}

} // namespace

EnvironmentsRead read_environment_files(const ExecContext& context) {
    EnvironmentsRead out;
    for (const EnvironmentFile& file : context.environment_files) {
        for (const std::string& path : files_of(file.path)) {
            try {
                if (!read_file(path, context, file.optional, out)) {
                    return out;
                }
            } catch (const OsError& error) {
                out.error = error.error();
                out.object = error.what();
                return out;
            }
        }
    }
    return out;
}

} // namespace amphid
