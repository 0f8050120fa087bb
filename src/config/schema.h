// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace amphid {

/// Who applies a key in a generated unit: systemd, amphid, or both, where that does no harm.
enum class Applies : std::uint8_t { unit, amphid, both };
constexpr auto enum_names(Applies) {
    return names_up_to<Applies::both>("unit", "amphid", "both");
}

/// The types that a key can have. reading.h says what they look like in a file.
template <class T>
using AnyMember =
    std::variant<std::string T::*, bool T::*, KillMode T::*, std::optional<Signal> T::*,
                 std::optional<TimeSpan> T::*, Path T::*, unsigned T::*, TimeSpan T::*,
                 StartCommands T::*, Commands T::*, Signal T::*, SignalRewrites T::*, FileMode T::*,
                 Assignments T::*, Output T::*, ExitStatusSet T::*, ServiceType T::*, Restart T::*,
                 ModeChoice T::*, Supervise T::*, std::optional<NotifyAccess> T::*,
                 // systemd.exec(5)
                 Account T::*, Names T::*, std::optional<CapabilitySet> T::*, SecureBits T::*,
                 LimitSetting T::*, Number T::*, std::optional<CpuSet> T::*,
                 std::optional<CpuPolicy> T::*, std::optional<IoClass> T::*,
                 std::optional<Nanoseconds> T::*, EnvironmentFiles T::*, DirectoryNames T::*,
                 Preserve T::*, Input T::*, WorkingDirectory T::*, SystemCalls T::*,
                 AddressFamilies T::*, NamespaceKinds T::*, ArchitectureNames T::*, CallError T::*,
                 KeyringMode T::*, SandboxChoice T::*,
                 // systemd.unit(5)
                 UnitNames T::*, Uris T::*, ConditionList T::*,
                 // [ready], [health] and so on
                 OneOrMore<Endpoint> T::*, OneOrMore<HttpCheck> T::*, OneOrMore<Path> T::*,
                 std::optional<Command> T::*, Pattern T::*, BusName T::*,
                 std::optional<unsigned> T::*, Match T::*,
                 // [log]
                 ByteSize T::*, LogTimestamps T::*, LogCompression T::*,
                 // [[socket]]
                 OneOrMore<SocketAddress> T::*, BindIpv6Only T::*, TypeOfService T::*>;

/// Calls `f` with the member. Not std::visit: its function tables are pages that each process would
/// have to relocate and keep as private memory.
template <std::size_t I = 0, class... Members, class F>
auto with_member(const std::variant<Members...>& member, F&& f) {
    if constexpr (I + 1 < sizeof...(Members)) {
        if (member.index() != I) {
            return with_member<I + 1>(member, f);
        }
    }
    return f(*std::get_if<I>(&member));
}

/// The one declaration of a key: its name, its place in the config (whose type says how it is read
/// and whose initializer is the default), systemd's directive where there is one, who applies it,
/// and a sentence and an example for the references.
template <class T>
struct Key {
    using Table = T;
    std::string_view name;
    AnyMember<T> member;
    std::string_view directive;
    Applies applies;
    std::string_view sentence;
    std::string_view example; // a value, as TOML
};

/// The keys of a table, each a Key: stored as one text and offsets into it (packed_keys.h).
/// Pointers would be relocated at each start, and the pages that hold them would be private to each
/// launcher.
template <class T>
class KeyList {
public:
    struct Row {
        AnyMember<T> member;
        Applies applies;
        std::uint32_t begin = 0;
        std::array<std::uint16_t, 4> sizes{}; // name, directive, sentence, example
    };

    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Key<T>;
        using difference_type = std::ptrdiff_t;
        using pointer = const Key<T>*;
        using reference = Key<T>;

        Iterator(const Row* row, const char* text) : row_(row), text_(text) {}
        Key<T> operator*() const {
            const char* at = text_ + row_->begin;
            const auto next = [&](std::size_t i) {
                const std::string_view out(at, row_->sizes[i]);
                at += out.size();
                return out;
            };
            Key<T> out;
            out.name = next(0);
            out.member = row_->member;
            out.directive = next(1);
            out.applies = row_->applies;
            out.sentence = next(2);
            out.example = next(3);
            return out;
        }
        Iterator& operator++() {
            ++row_;
            return *this;
        }
        Iterator operator++(int) { return Iterator(row_++, text_); }
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.row_ == b.row_; }

    private:
        const Row* row_;
        const char* text_;
    };

    KeyList() = default;
    KeyList(const Row* rows, std::size_t size, const char* text)
        : rows_(rows), size_(size), text_(text) {}

    Iterator begin() const { return {rows_, text_}; }
    Iterator end() const { return {rows_ + size_, text_}; }
    /// The key of that name, or end().
    Iterator find(std::string_view name) const {
        const Row* row = rows_;
        while (row != rows_ + size_ &&
               std::string_view(text_ + row->begin, row->sizes[0]) != name) {
            ++row;
        }
        return {row, text_};
    }
    std::size_t size() const { return size_; }

private:
    const Row* rows_ = nullptr;
    std::size_t size_ = 0;
    const char* text_ = nullptr;
};

/// The subheading of the manual page that starts at this key; empty if none does.
std::string_view heading_at(std::string_view table, std::string_view key);

KeyList<UnitTable> keys_of(const UnitTable&);
KeyList<InstallTable> keys_of(const InstallTable&);
KeyList<LauncherTable> keys_of(const LauncherTable&);
KeyList<ServiceTable> keys_of(const ServiceTable&);
KeyList<ReadyTable> keys_of(const ReadyTable&);
KeyList<HealthTable> keys_of(const HealthTable&);
KeyList<LogTable> keys_of(const LogTable&);
KeyList<SocketTable> keys_of(const SocketTable&);

/// The table that a file may have several times, as [[socket]].
constexpr std::string_view socket_table = "socket";

/// "socket[1]": where Config::origins has the keys of the second one.
std::string origin_of_socket(std::size_t index);

/// Calls `visit(name, table)` for each table of the config in the order of the reference, except
/// [[socket]].
template <class C, class F>
void for_each_table(C& config, F&& visit) {
    visit(std::string_view("unit"), config.unit);
    visit(std::string_view("install"), config.install);
    visit(std::string_view("launcher"), config.launcher);
    visit(std::string_view("service"), config.service);
    visit(std::string_view("ready"), config.ready);
    visit(std::string_view("health"), config.health);
    visit(std::string_view("log"), config.log);
}

/// The same for each table that a file may have, [[socket]] included, with its defaults.
template <class F>
void for_each_possible_table(F&& visit) {
    const Config schema;
    for_each_table(schema, visit);
    visit(socket_table, SocketTable());
}

} // namespace amphid
