// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"

#include <span>
#include <string>

namespace amphid {

/// The values of a type, described as members of a JSON Schema object.
using Form = std::string;

Form form_of(const bool&);
Form form_of(const unsigned&);
Form form_of(const std::string&);
Form form_of(const Path&);
Form form_of(const TimeSpan&);
Form form_of(const StartCommands&);
Form form_of(const Commands&);
Form form_of(const Signal&);
Form form_of(const SignalRewrites&);
Form form_of(const FileMode&);
Form form_of(const Assignments&);
Form form_of(const Output&);
Form form_of(const ExitStatusSet&);
Form form_of(const Account&);
Form form_of(const Names&);
Form form_of(const CapabilitySet&);
Form form_of(const SecureBits&);
Form form_of(const LimitSetting&);
Form form_of(const Number&);
Form form_of(const CpuSet&);
Form form_of(const Nanoseconds&);
Form form_of(const EnvironmentFiles&);
Form form_of(const DirectoryNames&);
Form form_of(const Input&);
Form form_of(const WorkingDirectory&);
Form form_of(const SystemCalls&);
Form form_of(const AddressFamilies&);
Form form_of(const NamespaceKinds&);
Form form_of(const ArchitectureNames&);
Form form_of(const CallError&);
Form form_of(const Endpoint&);
Form form_of(const HttpCheck&);
Form form_of(const Pattern&);
Form form_of(const ByteSize&);
Form form_of(const Command&);
Form form_of(const UnitNames&);
Form form_of(const Uris&);
Form form_of(const ConditionList&);
Form form_of(const SocketAddress&);
Form form_of(const TypeOfService&);

/// Types not in this list are left undescribed.
Form form_of_anything();

/// One of an enumeration's names.
Form form_of_names(std::span<const std::string_view> words);

template <class T>
Form form_of(const T&) {
    return form_of_anything();
}

template <NamedEnum E>
Form form_of(const E& e) {
    const auto names = enum_names(e);
    return form_of_names(names);
}

/// One such value or an array of them.
Form one_or_more(const Form& form);

template <class T>
Form form_of(const OneOrMore<T>&) {
    return one_or_more(form_of(T{}));
}

template <class T>
Form form_of(const std::optional<T>&) {
    return form_of(T{});
}

} // namespace amphid
