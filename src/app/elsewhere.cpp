// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/elsewhere.h"

#include "base/hash.h"
#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"
#include "plan/service_name.h"

#include <array>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <unistd.h>

namespace amphid {

namespace {

/// No service can have this name.
constexpr std::string_view notes_name = "+elsewhere";

/// The directory of second records is beside the one of all services: /run/amphid+running.
constexpr std::string_view records_suffix = "+running";

/// One name for one file, whatever links lead to it.
std::string resolved(const std::string& path) {
    const std::unique_ptr<char, decltype(&::free)> out(::realpath(path.c_str(), nullptr), ::free);
    return out ? out.get() : path;
}

/// What the service of that file is called unless the file says otherwise.
std::string name_by(const std::string& path, const std::string& instance) {
    const std::string name = stem_of(path);
    return name.ends_with('@') ? concat(name, instance) : name;
}

std::string target_of(const std::string& link) {
    std::array<char, PATH_MAX> target;
    const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
    return size <= 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(size));
}

/// The parent of all services' runtime directories; empty: there is none.
std::string directory_of_all(const Host& host) {
    const std::string any = runtime_directory_of("x", {}, host);
    return any.empty() ? std::string() : split_path(any).first;
}

} // namespace

Whereabouts::Whereabouts(const ServiceFile& file, const Host& host) {
    const std::string path = resolved(file.path);
    const std::string instance = file.instance.value_or("");
    if (const std::string name = name_by(path, instance); is_service_name(name)) {
        by_name_ = runtime_directory_of(name, {}, host);
        at_home_ = home_runtime_directory_of(name, host);
    }
    if (const std::string all = directory_of_all(host); !all.empty()) {
        const std::uint64_t number = hash_of(concat(path, ':', instance));
        note_ = concat(all, '/', notes_name, '/', number);
        second_record_ =
            file.path.empty() ? std::string() : concat(all, records_suffix, '/', number);
    }
}

std::vector<std::string> Whereabouts::directories() const {
    std::vector<std::string> out{by_name_, at_home_, note_.empty() ? "" : target_of(note_)};
    std::erase(out, "");
    return out;
}

std::string Whereabouts::note_for(const std::string& directory) const {
    return directory == by_name_ ? std::string() : note_;
}

void leave_note(const std::string& note, const std::string& directory) {
    if (note.empty() || target_of(note) == directory) {
        return;
    }
    const auto [above, name] = split_path(note);
    try {
        const Fd place = open_directory(above, true);
        const std::string draft = draft_name(name);
        if (::symlinkat(directory.c_str(), place.get(), draft.c_str()) == 0 &&
            ::renameat(place.get(), draft.c_str(), place.get(), name.c_str()) < 0) {
            ::unlinkat(place.get(), draft.c_str(), 0);
        }
    } catch (const OsError&) {
        return;
    }
}

} // namespace amphid
