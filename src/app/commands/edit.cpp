// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/lookup.h"
#include "app/service.h"
#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/read_host.h"
#include "os/run_program.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace amphid {

namespace {

constexpr std::string_view drop_in_name = "override.toml";

/// The command in $EDITOR and the like, in systemctl's order.
std::vector<std::string> editor_of(const Host& host) {
    for (const char* name : {"SYSTEMD_EDITOR", "EDITOR", "VISUAL"}) {
        const auto value = variable(host, name);
        std::vector<std::string> words;
        for (const std::string_view word : split(value.value_or(""), ' ')) {
            if (!word.empty()) {
                words.emplace_back(word);
            }
        }
        if (!words.empty()) {
            return words;
        }
    }
    return {"editor"};
}

/// The edited file, and the service as it would be with it.
struct Target {
    std::string directory;
    std::string name;
    std::string before; // the initial text
    ServiceFile file;
    int index = 0; // index of the edited file among those of the service
};

Target target_of(const ServiceFile& file, bool full, const Host& host) {
    const auto [directory, name] = split_path(file.path);
    const Manager manager = manager_of_configurations(host);
    const auto places = configuration_directories(manager, host);
    const bool by_name = std::find(places.begin(), places.end(), directory) != places.end();
    const std::string own = by_name ? configuration_directory(manager, host) : directory;
    Target out{own, name, {}, file};
    if (full) {
        out.before = read_small_file(AT_FDCWD, file.path.c_str(), largest_file).value_or("");
        out.file.path = concat(own, '/', name);
        return out;
    }
    const std::string stem = by_name ? concat(file.stem, configuration_suffix) : name;
    out.directory = concat(own, '/', stem, ".d");
    out.name = drop_in_name;
    const std::string path = concat(out.directory, '/', out.name);
    out.before = read_small_file(AT_FDCWD, path.c_str(), largest_file).value_or("");
    auto& all = out.file.drop_ins;
    const auto base = [](const std::string& of) { return of.substr(of.find_last_of('/') + 1); };
    auto at = std::find_if(all.begin(), all.end(), [&](const std::string& other) {
        return base(other) >= std::string(drop_in_name);
    });
    if (at == all.end() || base(*at) != drop_in_name) {
        at = all.insert(at, path);
    }
    *at = path;
    out.index = static_cast<int>(at - all.begin()) + 1;
    return out;
}

/// The texts of the service, including the edited one.
ParsedConfig parse_with(const Target& target, const std::string& edited) {
    std::vector<std::string> texts;
    std::vector<std::string> paths{target.file.path};
    paths.insert(paths.end(), target.file.drop_ins.begin(), target.file.drop_ins.end());
    for (std::size_t i = 0; i < paths.size(); ++i) {
        texts.push_back(
            static_cast<int>(i) == target.index
                ? edited
                : read_small_file(AT_FDCWD, paths[i].c_str(), largest_file).value_or(""));
    }
    return parse_config({texts.begin(), texts.end()}, target.file.instance);
}

std::string read_edited(const std::string& path) {
    auto text = read_small_file(AT_FDCWD, path.c_str(), largest_file);
    if (!text) {
        throw Failure(ExitCode::failure, concat("cannot read ", path, ": ", std::strerror(errno)));
    }
    return std::move(*text);
}

void run_editor(const std::string& path, const Host& host) {
    std::vector<std::string> command = editor_of(host);
    const std::string name = command.front();
    command.push_back(path);
    const auto result = run_program(command, false);
    if (!result) {
        throw Failure(ExitCode::not_installed,
                      concat("cannot run the editor ", name, ": ", std::strerror(errno)));
    }
    if (result->exit_code != 0) {
        throw Failure(ExitCode::failure, concat("the editor ", name, " failed with exit code ",
                                                result->exit_code, "; nothing was changed"));
    }
}

/// The temporary file for the editor; removed by the destructor.
class Scratch {
public:
    explicit Scratch(std::string_view text) {
        path_ = "/tmp/amphid-edit-XXXXXX.toml";
        const Fd fd(checked(::mkstemps(path_.data(), 5), "cannot create", path_));
        if (!write_all(fd.get(), text)) {
            throw OsError("cannot write", path_);
        }
    }
    Scratch(Scratch&&) = delete;
    ~Scratch() { ::unlink(path_.c_str()); }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

} // namespace

int run_edit(const Arguments& arguments) {
    const Host host = read_host();
    const ServiceFile file = locate(arguments.operands.front(), host);
    if (!read_small_file(AT_FDCWD, file.path.c_str(), largest_file)) {
        throw Failure(ExitCode::not_configured,
                      concat("cannot read ", file.path, ": ", std::strerror(errno)));
    }
    const Target target = target_of(file, arguments.full, host);
    const std::string path = concat(target.directory, '/', target.name);
    const std::string head =
        concat("# A drop-in for ", file.path,
               ". Its values replace those of that file; lists are appended to, [] clears one.\n");
    const Scratch scratch(target.before.empty() ? head : target.before);
    run_editor(scratch.path(), host);
    const std::string edited = read_edited(scratch.path());
    if (edited == target.before || edited == head || edited.empty()) {
        print(concat(path, ": unchanged\n"));
        return code_of(ExitCode::success);
    }
    const ParsedConfig parsed = parse_with(target, edited);
    write_all(STDERR_FILENO, render(parsed.diagnostics, path, edited, target.index));
    if (has_error(parsed.diagnostics)) {
        throw Failure(
            ExitCode::not_configured,
            concat("the service could not be used with this change: ", path, " was not changed"));
    }
    replace_file(open_directory(target.directory, true).get(), target.name, edited, 0644);
    print(concat(path, ": written\n"));
    return code_of(ExitCode::success);
}

} // namespace amphid
