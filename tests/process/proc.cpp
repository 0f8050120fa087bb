// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "proc.h"

#include "helper/file.h"
#include "helper/record.h"
#include "helper/text.h"

#include <algorithm>
#include <cstdlib>
#include <dirent.h>
#include <sstream>

namespace amphid::test {

namespace {

std::string base_of(pid_t pid) {
    return "/proc/" + std::to_string(pid);
}

std::vector<pid_t> numbers_in(const std::string& folder) {
    std::vector<pid_t> found;
    DIR* entries = ::opendir(folder.c_str());
    if (entries == nullptr)
        return found;
    for (const dirent* entry = ::readdir(entries); entry != nullptr; entry = ::readdir(entries))
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
            found.push_back(std::atoi(entry->d_name));
    ::closedir(entries);
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace

Fields parse_fields(std::string_view text, std::string_view separator) {
    Fields fields;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        if (const std::size_t at = line.find(separator); at != std::string_view::npos)
            fields[std::string(line.substr(0, at))] = unescape(line.substr(at + separator.size()));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return fields;
}

std::optional<ProcStat> stat_of(pid_t pid) {
    const auto text = read_file(base_of(pid) + "/stat");
    if (!text || text->empty())
        return std::nullopt;
    std::istringstream rest(text->substr(text->rfind(')') + 1));
    ProcStat stat;
    rest >> stat.state >> stat.ppid >> stat.pgrp >> stat.session >> stat.tty >>
        stat.foreground_group;
    std::string skipped;
    for (int field = 9; field < 22; ++field)
        rest >> skipped;
    rest >> stat.start_time;
    return stat;
}

bool is_alive(pid_t pid) {
    const auto stat = pid > 0 ? stat_of(pid) : std::nullopt;
    return stat && stat->state != 'Z' && stat->state != 'X';
}

std::vector<pid_t> descendants_of(pid_t pid, bool with_zombies) {
    std::map<pid_t, ProcStat> all;
    for (const pid_t one : numbers_in("/proc"))
        if (const auto stat = stat_of(one))
            all.emplace(one, *stat);
    std::vector<pid_t> found{pid};
    for (std::size_t at = 0; at < found.size(); ++at)
        for (const auto& [one, stat] : all)
            if (stat.ppid == found[at])
                found.push_back(one);
    found.erase(found.begin());
    std::erase_if(found, [&](pid_t one) {
        return !with_zombies && (all[one].state == 'Z' || all[one].state == 'X');
    });
    return found;
}

std::vector<pid_t> children_of(pid_t pid) {
    std::vector<pid_t> found;
    for (const pid_t one : numbers_in("/proc"))
        if (const auto stat = stat_of(one); stat && stat->ppid == pid && is_alive(one))
            found.push_back(one);
    return found;
}

std::map<int, std::string> descriptors_of(pid_t pid) {
    std::map<int, std::string> found;
    for (const int fd : numbers_in(base_of(pid) + "/fd"))
        found[fd] = link_target(base_of(pid) + "/fd/" + std::to_string(fd));
    return found;
}

Fields status_of(pid_t pid) {
    return parse_fields(read_file(base_of(pid) + "/status").value_or(""), ":\t");
}

std::string command_line_of(pid_t pid) {
    std::string words = read_file(base_of(pid) + "/cmdline").value_or("");
    std::replace(words.begin(), words.end(), '\0', ' ');
    return words;
}

std::string predicament_of(pid_t pid) {
    Fields status = status_of(pid);
    std::string line = std::to_string(pid) + " (" + command_line_of(pid) + ")";
    for (const char* key : {"State", "PPid", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt"})
        line += std::string(" ") + key + "=" + status[key];
    return line + " in " + read_file(base_of(pid) + "/wchan").value_or("?");
}

Fields environment_of(pid_t pid) {
    std::string words = read_file(base_of(pid) + "/environ").value_or("");
    std::replace(words.begin(), words.end(), '\0', '\n');
    return parse_fields(words);
}

bool mask_has(const std::string& hexadecimal, int signal) {
    const auto mask = std::strtoull(hexadecimal.c_str(), nullptr, 16);
    return (mask >> (signal - 1) & 1U) != 0;
}

} // namespace amphid::test
