// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/onlooker.h"

#include "base/text.h"

#include <cstdint>

namespace amphid {

namespace {
constexpr std::size_t longest_shown = 4096; // is shown in pieces of that
}

std::string step_line(TimeSpan elapsed, std::string_view text) {
    const std::int64_t ms = elapsed.usec / 1000;
    std::string second = concat(ms / 1000);
    second.insert(0, second.size() < 3 ? 3 - second.size() : 0, ' ');
    return concat("amphid: [", second, '.', concat(1000 + ms % 1000).substr(1), " s] ",
                  printable(text), '\n');
}

void Onlooker::tell(TimeSpan now, std::string_view text) {
    writer_.write(step_line({now.usec - begin_.usec}, text));
}

void Onlooker::hear(std::string_view output) {
    unfinished_ += output;
    std::string shown;
    std::size_t begin = 0;
    for (auto end = unfinished_.find('\n'); end != std::string::npos;
         end = unfinished_.find('\n', begin)) {
        const std::string_view line = std::string_view(unfinished_).substr(begin, end - begin);
        shown += concat("    ", printable(line), '\n');
        begin = end + 1;
    }
    unfinished_.erase(0, begin);
    if (unfinished_.size() > longest_shown) {
        shown += concat("    ", printable(unfinished_), '\n');
        unfinished_.clear();
    }
    writer_.write(shown);
}

} // namespace amphid
