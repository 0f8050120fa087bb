// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/service.h"

#include <string>
#include <vector>

namespace amphid {

/// Where the service of a file may be, whatever the file says of its name and directory by now.
class Whereabouts {
public:
    Whereabouts(const ServiceFile& file, const Host& host);

    /// The directories in which it may run: the ones that the file's own name stands for, and the
    /// one that a start noted. A handful, however many services there are; whoever asks looks whose
    /// service is really there.
    std::vector<std::string> directories() const;

    /// The note that a service in this directory needs, because the name of its file does not lead
    /// there: a symbolic link to it, beside the directories of all services. Empty: it needs none.
    std::string note_for(const std::string& directory) const;

    /// The path of the SecondRecord of that file's service: outside of everything that the service
    /// has, whatever it is called and wherever its runtime directory is. Empty: there is no place
    /// for it.
    const std::string& second_record() const { return second_record_; }

private:
    std::string by_name_; // empty: its name stands for none
    std::string at_home_;
    std::string note_; // empty: there is no place for notes
    std::string second_record_;
};

/// Leaves that note. Where that cannot be done nobody finds a service whose launcher was killed
/// after its name or directory was edited.
void leave_note(const std::string& note, const std::string& directory);

} // namespace amphid
