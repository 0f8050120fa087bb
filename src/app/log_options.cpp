// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/log_options.h"

#include "app/option_words.h"

namespace amphid {

namespace {

const OptionRow follow_option{"follow",
                              "",
                              "keep printing new lines",
                              [](Arguments& a, std::string_view) {
                                  a.follow = true;
                                  return std::string();
                              },
                              {},
                              'f'};
const OptionRow lines_option{"lines",
                             "N",
                             "only the last N lines, by default 10 with --follow",
                             [](Arguments& a, std::string_view text) {
                                 a.lines = parse_number<std::size_t>(text);
                                 return a.lines ? std::string()
                                                : concat("expected a number, got '", text, '\'');
                             },
                             {},
                             'n'};
const OptionRow since_option{"since", "TIME", "only lines since TIME, as in journalctl(1)",
                             [](Arguments& a, std::string_view text) {
                                 a.since = text;
                                 return std::string();
                             }};
const OptionRow until_option{"until", "TIME", "only lines until TIME",
                             [](Arguments& a, std::string_view text) {
                                 a.until = text;
                                 return std::string();
                             }};
const OptionRow grep_option{"grep", "REGEX", "only lines that match REGEX",
                            [](Arguments& a, std::string_view text) {
                                a.grep = text;
                                return std::string();
                            }};
const OptionRow log_format_option{
    "output",
    "FORMAT",
    "the output format, by default short",
    [](Arguments& a, std::string_view word) { return choose(a.log_format, word); },
    words_of<LogFormat>,
    'o'};
const OptionRow no_pager_option{"no-pager", "", "do not use a pager on a terminal",
                                [](Arguments& a, std::string_view) {
                                    a.pager = false;
                                    return std::string();
                                }};
const OptionRow rotate_option{"rotate", "", "only rotate the file",
                              [](Arguments& a, std::string_view) {
                                  a.rotate = true;
                                  return std::string();
                              }};
const OptionRow reopen_option{"reopen", "", "only begin a new file where this one was moved away",
                              [](Arguments& a, std::string_view) {
                                  a.reopen = true;
                                  return std::string();
                              }};

} // namespace

std::vector<const OptionRow*> log_options() {
    return {&follow_option,     &lines_option,    &since_option,  &until_option, &grep_option,
            &log_format_option, &no_pager_option, &rotate_option, &reopen_option};
}

} // namespace amphid
