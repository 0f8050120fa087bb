// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/shebang.h"

#include "base/text.h"
#include "os/fd.h"

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>

namespace amphid {

std::optional<std::string> shebang_of(const std::string& file) {
    const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    char begin[256]; // as much as the kernel reads
    const ssize_t length = fd ? ::read(fd.get(), begin, sizeof begin) : -1;
    if (length < 2 || begin[0] != '#' || begin[1] != '!') {
        return std::nullopt;
    }
    const std::string_view text(begin + 2, static_cast<std::size_t>(length) - 2);
    return std::string(text.substr(0, text.find('\n')));
}

std::string_view take_word(std::string_view& text) {
    const auto first = std::min(text.find_first_not_of(" \t"), text.size());
    text.remove_prefix(first);
    const std::string_view word = text.substr(0, text.find_first_of(" \t"));
    text.remove_prefix(word.size());
    return word;
}

std::string missing_interpreter(const std::string& root, const std::string& program) {
    const auto line = shebang_of(root + program);
    if (!line) {
        return {};
    }
    if (line->ends_with('\r')) {
        return "its lines end in CR LF, so its interpreter is not found";
    }
    std::string_view rest = *line;
    const std::string interpreter(take_word(rest));
    if (interpreter.empty() || ::access((root + interpreter).c_str(), F_OK) == 0) {
        return {};
    }
    return concat("its interpreter ", interpreter, " does not exist");
}

std::string unknown_format(const std::string& file) {
    const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    char begin[4];
    const ssize_t length = fd ? ::read(fd.get(), begin, sizeof begin) : -1;
    if (length < 0) {
        return {};
    }
    const std::string_view text(begin, static_cast<std::size_t>(length));
    return text.empty()                                  ? "it is empty"
           : text.starts_with("#!") || text == "\177ELF" ? ""
                                                         : "it has no #! line";
}

} // namespace amphid
