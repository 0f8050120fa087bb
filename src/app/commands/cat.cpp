// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/service.h"
#include "base/text.h"
#include "os/files.h"
#include "os/read_host.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>

namespace amphid {

int run_cat(const Arguments& arguments) {
    const Host host = read_host();
    std::string out;
    for (const std::string& word : arguments.operands) {
        const ServiceFile file = locate(word, host);
        require_configuration(file, host);
        std::vector<std::string> paths{file.path};
        paths.insert(paths.end(), file.drop_ins.begin(), file.drop_ins.end());
        for (const std::string& path : paths) {
            const auto text = read_small_file(AT_FDCWD, path.c_str(), largest_file);
            if (!text) {
                throw Failure(ExitCode::not_configured,
                              concat("cannot read ", path, ": ", std::strerror(errno)));
            }
            out += concat(out.empty() ? "# " : "\n# ", path, '\n', *text,
                          text->empty() || text->ends_with('\n') ? "" : "\n");
        }
    }
    print(out);
    return code_of(ExitCode::success);
}

} // namespace amphid
