// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/import.h"

#include "../house/golden.h"
#include "base/text.h"
#include "config/directive_names.h"
#include "config/reading.h"
#include "config/rows.h"
#include "config/systemd_table.h"
#include "config/value.h"
#include "resolve/configuration_path.h"
#include "resolve/directive.h"
#include "resolve/import_notes.h"
#include "resolve/unit_file.h"
#include "resolve/unit_text.h"

#include <algorithm>

// Each tests/resolve/units/NAME.service states the facts of a unit of Debian's; NAME.toml is what
// `amphid import` makes of it.

namespace amphid {
namespace {

UnitSource source_of(const std::string& name, std::vector<std::string> texts) {
    UnitSource out;
    out.name = name;
    for (std::string& text : texts) {
        const std::size_t i = out.files.size();
        out.files.push_back({i == 0 ? concat("/lib/systemd/system/", name)
                                    : concat("/etc/systemd/system/", name, ".d/", i, ".conf"),
                             std::move(text)});
    }
    out.specifiers = specifiers_of(name);
    for (const auto& [letter, value] : {std::pair{'t', "/run"},
                                        {'S', "/var/lib"},
                                        {'C', "/var/cache"},
                                        {'L', "/var/log"},
                                        {'E', "/etc"},
                                        {'H', "host"},
                                        {'l', "host"},
                                        {'u', "root"},
                                        {'h', "/root"},
                                        {'v', "6.1.0"},
                                        {'m', "0123"}}) {
        out.specifiers.values[letter] = value;
    }
    return out;
}

ImportedUnit imported(const std::string& text, const std::string& name = "web.service") {
    return import_unit(source_of(name, {text}));
}

std::string printed(const std::string& text, const std::string& name = "web.service") {
    const UnitSource source = source_of(name, {text});
    return print_import(import_unit(source), source);
}

bool has_line(const std::string& text, const std::string& line) {
    const auto lines = split(text, '\n');
    return std::any_of(lines.begin(), lines.end(), [&](std::string_view l) {
        return l == line || l.starts_with(line + "  ") || l.starts_with(line + " #");
    });
}

class Units : public testing::TestWithParam<std::string> {
protected:
    UnitSource source() const {
        const std::string path = concat("tests/resolve/units/", GetParam(), ".service");
        return source_of(concat(GetParam(), ".service"),
                         {read_text_file(source_path(path)).value_or("")});
    }
    std::string stem() const { return GetParam(); }
    ParsedConfig read_back(const std::string& toml) const {
        return parse_config({toml}, instance_of(stem()));
    }
};

TEST_P(Units, BecomeTheGoldenConfiguration) {
    const ImportedUnit unit = import_unit(source());
    EXPECT_EQ(render(unit.diagnostics, GetParam(), source().files[0].text), "");
    EXPECT_TRUE(is_golden(concat("tests/resolve/units/", GetParam(), ".toml"),
                          print_import(unit, source())));
}

/// Each value as text, whatever its place.
std::string values_of(const Config& config) {
    std::string out;
    for (const TableRows& table : rows_of(config)) {
        for (const KeyRow& row : table.keys) {
            out += concat(table.name, '.', row.name, " = ", row.value, '\n');
        }
    }
    for (const SystemdSection& section : systemd_sections) {
        for (const Directive& directive : config.systemd.*section.directives) {
            for (const std::string& value : directive.values) {
                out += concat(section.heading, ' ', directive.name, '=', value, '\n');
            }
        }
    }
    return out;
}

TEST_P(Units, ReadBackAreTheSame) {
    const ImportedUnit unit = import_unit(source());
    const std::string toml = print_import(unit, source());
    const ParsedConfig read = read_back(toml);
    EXPECT_EQ(render(read.diagnostics, "toml", toml), "");
    EXPECT_EQ(values_of(read.config), values_of(unit.config));
}

/// A unit of ours has everything of theirs that systemd applies: what is copied, letter by letter.
TEST_P(Units, ComeBackInAGeneratedUnit) {
    const ImportedUnit unit = import_unit(source());
    UnitFacts facts;
    facts.name = stem();
    facts.file = {concat("/etc/amphid/", stem(), ".toml"), stem()};
    facts.amphid = "/usr/bin/amphid";
    const UnitText again(unit_file(unit.config, facts));
    const UnitText before(source().files[0].text);
    const auto has = [&](const UnitLine& line) {
        const auto all = again.all(line.section, line.name);
        return std::any_of(all.begin(), all.end(),
                           [&](const UnitLine& other) { return other.value == line.value; });
    };
    for (const ImportNote& note : unit.notes) {
        if (!note.copied) {
            continue;
        }
        for (const UnitLine& line : before.lines()) {
            if (line.name == note.directive && !line.value.empty()) {
                EXPECT_TRUE(has(line)) << line.name << '=' << line.value;
            }
        }
    }
    for (const UnitLine& line : before.lines()) {
        const bool condition =
            line.name.starts_with("Condition") || line.name.starts_with("Assert");
        const bool plain = line.value.find('%') == std::string::npos;
        if ((condition || line.name == "Restart") && plain && !line.value.empty()) {
            EXPECT_TRUE(has(line)) << line.name << '=' << line.value;
        }
    }
}

std::vector<std::string> all_units() {
    std::vector<std::string> out;
    for (const auto& entry :
         std::filesystem::directory_iterator(source_path("tests/resolve/units"))) {
        if (entry.path().extension() == ".service") {
            out.push_back(entry.path().stem());
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
    std::string out = info.param;
    std::replace_if(
        out.begin(), out.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return out;
}

INSTANTIATE_TEST_SUITE_P(Import, Units, testing::ValuesIn(all_units()), test_name);

constexpr std::string_view start = "[Service]\nExecStart=/bin/web\n";

TEST(Import, WhatIsNoServiceIsNoSuccess) {
    for (const char* text : {"", "garbage\n", "[Unit]\nDescription=x\n"}) {
        EXPECT_TRUE(has_error(imported(text).diagnostics)) << text;
    }
}

TEST(Import, DropInsCountInTheirOrder) {
    const ImportedUnit unit = import_unit(source_of(
        "web.service", {"[Unit]\nConditionPathExists=/a\nConditionUser=x\n[Service]\n"
                        "ExecStart=/bin/old\nEnvironment=A=1\nReadWritePaths=/a\nNice=1\n",
                        "[Service]\nExecStart=\nExecStart=/bin/new\nEnvironment=B=2\nNice=2\n",
                        "[Unit]\nConditionPathExists=\nConditionPathExists=/b\n[Service]\n"
                        "ReadWritePaths=/b\n"}));
    EXPECT_EQ(unit.config.service.exec_start.list.at(0).path, "/bin/new");
    EXPECT_EQ(unit.config.service.environment.list, (Environment{"A=1", "B=2"}));
    EXPECT_EQ(unit.config.service.nice.value, 2);
    EXPECT_EQ(unit.config.origins.at("service.nice").file, 1);
    EXPECT_EQ(unit.config.unit.condition_path_exists.list, std::vector<std::string>{"/b"});
    EXPECT_TRUE(unit.config.unit.condition_user.list.empty())
        << "an empty condition takes all back";
    EXPECT_EQ(unit.config.systemd.service.at(0).values, (std::vector<std::string>{"/a", "/b"}));
}

TEST(Import, SpecifiersOfAnInstance) {
    const std::string text = "[Service]\nExecStart=/bin/web %i %I %n %N %p %j %% 100%\n"
                             "RuntimeDirectory=%p\nWorkingDirectory=%S/x\n";
    const ImportedUnit unit = imported(text, "my-web@a-b.service");
    EXPECT_EQ(unit.config.service.exec_start.list.at(0).argv,
              (std::vector<std::string>{"/bin/web", "a-b", "a/b", "my-web@a-b.service",
                                        "my-web@a-b", "my-web", "web", "%", "100%"}));
    EXPECT_EQ(unit.config.service.working_directory.path, "/var/lib/x");
    EXPECT_TRUE(has_line(printed(text, "my-web@a-b.service"),
                         "exec-start = [\"/bin/web\", \"a-b\", \"a/b\", \"my-web@a-b.service\", "
                         "\"my-web@a-b\", \"my-web\", \"web\", \"%%\", \"100%%\"]"))
        << "in a file of that name a % is a specifier";
}

TEST(Import, ATemplateStaysOne) {
    const std::string toml =
        printed("[Service]\nExecStart=/bin/web --unit=%n %i 100%%\n", "web@.service");
    EXPECT_TRUE(has_line(toml, "exec-start = [\"/bin/web\", \"--unit=web@%i.service\", \"%i\", "
                               "\"100%%\"]"))
        << toml;
    const ParsedConfig instance = parse_config({toml}, "x");
    EXPECT_EQ(instance.config.service.exec_start.list.at(0).argv,
              (std::vector<std::string>{"/bin/web", "--unit=web@x.service", "x", "100%"}));
}

TEST(Import, OldNamesAndOldWays) {
    const Config config = imported(concat(start, "TimeoutSec=7\nStartLimitInterval=9\n"
                                                 "StartLimitBurst=3\nPermissionsStartOnly=yes\n"
                                                 "User=web\nExecStartPre=-/bin/a\n"
                                                 "ExecStartPre=!/bin/b\nReadOnlyDirectories=/x\n"
                                                 "StandardOutput=syslog\nType=idle\n"
                                                 "KillMode=none\nNotifyAccess=none\n"))
                              .config;
    EXPECT_EQ(config.service.timeout_start_sec, seconds(7));
    EXPECT_EQ(config.service.timeout_stop_sec, seconds(7));
    EXPECT_EQ(config.service.start_limit_interval_sec, seconds(9));
    EXPECT_EQ(config.service.start_limit_burst, 3U);
    EXPECT_EQ(config.service.exec_start_pre.list.at(0).privileges, Privileges::privileged);
    EXPECT_TRUE(config.service.exec_start_pre.list.at(0).ignore_failure);
    EXPECT_EQ(config.service.exec_start_pre.list.at(1).privileges, Privileges::no_setuid);
    EXPECT_EQ(config.service.exec_start.list.at(0).privileges, Privileges::normal);
    EXPECT_EQ(config.systemd.service.at(0).name, "ReadOnlyPaths");
    EXPECT_EQ(config.service.standard_output.kind, OutputKind::syslog);
    EXPECT_EQ(config.service.type, ServiceType::idle);
    EXPECT_EQ(config.service.kill_mode, KillMode::none);
    EXPECT_FALSE(config.service.notify_access.has_value());
}

// tor@default.service: its ExecStartPre= could not chown(2) with the capabilities of the service.
TEST(Import, PermissionsStartOnlyIsNotAboutUsersOnly) {
    const Config config = imported(concat(start, "PermissionsStartOnly=yes\nExecStartPre=/bin/a\n"
                                                 "CapabilityBoundingSet=CAP_KILL\n"))
                              .config;
    EXPECT_EQ(config.service.exec_start_pre.list.at(0).privileges, Privileges::privileged);
}

TEST(Import, TypesThatAmphidLacks) {
    const Config bus = imported(concat(start, "Type=dbus\nBusName=org.web\n")).config;
    EXPECT_EQ(bus.service.type, ServiceType::simple);
    EXPECT_EQ(bus.ready.dbus.text, "org.web");
    const Config nothing = imported("[Service]\nExecStop=/bin/stop\nRemainAfterExit=yes\n").config;
    EXPECT_EQ(nothing.service.type, ServiceType::oneshot);
    EXPECT_EQ(nothing.service.exec_start.list.at(0).path, "/bin/true");
}

// Ten real units ran as root when it was dropped.
TEST(Import, ADynamicUserIsNotRoot) {
    const ImportedUnit unit = imported(concat(start, "DynamicUser=yes\n"));
    EXPECT_EQ(unit.config.service.user.text, "web");
    EXPECT_EQ(loss_of(unit.notes), Loss::something);
    EXPECT_EQ(imported(concat(start, "DynamicUser=yes\nUser=x\n")).config.service.user.text, "x");
}

TEST(Import, WhatIsLost) {
    EXPECT_EQ(loss_of(imported(std::string(start)).notes), Loss::nothing);
    EXPECT_EQ(loss_of(imported(concat(start, "PrivateTmp=yes\nSlice=x.slice\n")).notes),
              Loss::sandbox);
    EXPECT_EQ(loss_of(imported(concat(start, "PrivateTmp=no\n")).notes), Loss::nothing);
    for (const char* limit : {"MemoryMax=1G", "MemoryLimit=1G", "CPUQuota=20%", "TasksMax=100",
                              "IOWeight=10", "AllowedCPUs=0", "CPUWeight=idle"}) {
        EXPECT_EQ(loss_of(imported(concat(start, limit, '\n')).notes), Loss::limits) << limit;
    }
    for (const char* none : {"MemoryMax=infinity", "TasksMax=infinity", "MemoryAccounting=yes",
                             "Slice=x.slice", "Delegate=yes"}) {
        EXPECT_EQ(loss_of(imported(concat(start, none, '\n')).notes), Loss::nothing) << none;
    }
    const ImportedUnit socket = imported(concat(start, "StandardInput=socket\n"));
    EXPECT_EQ(loss_of(socket.notes), Loss::something);
    EXPECT_FALSE(socket.notes.at(0).copied);
    EXPECT_EQ(loss_of(imported(concat(start, "Unheard=of\n")).notes), Loss::something);
}

TEST(Import, MistakesHaveTheirPlaceInTheUnit) {
    const std::string text = concat(start, "RemainAfterExit=perhaps\nLimitNOFILE=x\n"
                                           "Environment=A\nUser=%z\n");
    const ImportedUnit unit = imported(text);
    std::string said;
    for (const Diagnostic& found : unit.diagnostics) {
        said += concat(found.at.line, ": ", found.message, '\n');
    }
    EXPECT_NE(said.find("3: RemainAfterExit=: expected a boolean, got 'perhaps'"),
              std::string::npos)
        << said;
    EXPECT_NE(said.find("5: Environment=: 'A' is not an assignment NAME=value"), std::string::npos)
        << said;
    EXPECT_NE(said.find("6: User=: the specifier %z has no meaning here"), std::string::npos);
    EXPECT_NE(said.find("4: limit-nofile: "), std::string::npos) << said;
}

// 66 real units need what tmpfiles.d makes for them at boot.
TEST(Import, BootDirectoriesAreMadeBeforeTheStart) {
    UnitSource source =
        source_of("squid.service",
                  {"[Service]\nType=forking\nPIDFile=/run/other/x.pid\nExecStartPre=/bin/check\n"
                   "ExecStart=/usr/sbin/squid\n"});
    source.tmpfiles = {{"/usr/lib/tmpfiles.d/squid.conf",
                        "# a comment\nd /run/squid 0750 proxy proxy -\nL /run/link - - - - /x\n"
                        "d /var/lib/squid - - - -\n"},
                       {"/usr/lib/tmpfiles.d/other.conf", "d\t/var/run/other/ - - -\n"},
                       {"/usr/lib/tmpfiles.d/foreign.conf", "d /run/foreign 0755 a a -\n"}};
    EXPECT_EQ(print_value(import_unit(source).config.service.exec_start_pre),
              R"([["+/usr/bin/install", "-d", "-m0750", "-oproxy", "-gproxy", "/run/squid"], )"
              R"(["+/usr/bin/install", "-d", "-m0755", "-oroot", "-groot", "/run/other"], )"
              R"(["/bin/check"]])")
        << "in the order of the files";
}

// postgresql.service, openvpn.service and their kin do nothing themselves.
TEST(Import, APlaceholderNamesItsInstances) {
    for (const char* command : {"/bin/true", "/usr/bin/true", "/bin/echo postgresql"}) {
        UnitSource source = source_of(
            "postgresql.service",
            {concat("[Service]\nType=oneshot\nExecStart=", command, "\nRemainAfterExit=on\n")});
        EXPECT_EQ(loss_of(import_unit(source).notes), Loss::nothing) << "without a template";
        source.template_beside = "postgresql@.service";
        const ImportedUnit unit = import_unit(source);
        EXPECT_EQ(loss_of(unit.notes), Loss::something);
        EXPECT_EQ(unit.notes.at(0).why,
                  "a placeholder: the real services are the instances of postgresql@.service");
    }
}

TEST(Import, ValuesInSeveralLinesAndWithAConsole) {
    const ServiceTable service =
        imported(concat(start, "StandardOutput=journal+console\nStandardError=kmsg\n"
                               "CapabilityBoundingSet=~CAP_SYS_ADMIN\n"
                               "CapabilityBoundingSet=~CAP_KILL\nWorkingDirectory=~\n"
                               "PIDFile=/run/web.pid\n"))
            .config.service;
    EXPECT_EQ(service.standard_output.kind, OutputKind::journal);
    EXPECT_TRUE(service.standard_output.console);
    EXPECT_EQ(service.standard_error.kind, OutputKind::kmsg);
    constexpr std::uint64_t admin = std::uint64_t{1} << 21U;
    constexpr std::uint64_t kill = std::uint64_t{1} << 5U;
    ASSERT_TRUE(service.capability_bounding_set.has_value());
    EXPECT_EQ(service.capability_bounding_set->bits & (admin | kill), 0U);
    EXPECT_NE(service.capability_bounding_set->bits, 0U);
    EXPECT_EQ(service.pid_file.text, "/run/web.pid") << "of any type";
}

TEST(Import, OnFailureOfAnotherUnitIsKeptAndNamed) {
    const ImportedUnit unit =
        imported("[Unit]\nOnFailure=mail@%n.service\n[Service]\nExecStart=/bin/web\n");
    ASSERT_EQ(unit.notes.size(), 1U);
    EXPECT_EQ(unit.notes[0].loss, Loss::something);
    EXPECT_TRUE(unit.notes[0].copied);
    EXPECT_EQ(unit.config.systemd.unit.at(0).name, "OnFailure");
}

TEST(Import, OneLineMayHoldSeveralCommands) {
    const Config config =
        imported("[Service]\nType=oneshot\nExecStart=/bin/a \"x y\" ; /bin/b \\; c ; /bin/d\n")
            .config;
    ASSERT_EQ(config.service.exec_start.list.size(), 3U);
    EXPECT_EQ(config.service.exec_start.list[0].argv[1], "x y");
    EXPECT_EQ(config.service.exec_start.list[1].argv[1], ";");
    EXPECT_EQ(config.service.exec_start.list[2].path, "/bin/d");
}

// A new directive of systemd becomes a key, or a reason why it is none.
TEST(ImportNotes, EveryDirectiveOfSystemdIsAKeyOrHasAReason) {
    std::string keys = " ";
    for (const auto& [table, rows, is_repeated] : rows_of(Config())) {
        for (const KeyRow& row : rows) {
            keys += concat(row.directive, ' ');
        }
    }
    for (const auto& [heading, section] :
         {std::pair{"Unit", "unit"}, {"Service", "service"}, {"Install", "install"}}) {
        for (const std::string_view directive : directives_in(section)) {
            const DirectiveName name = present_name(heading, std::string(directive));
            const ImportNote note = note_about(name.section, name.name, "");
            if (name.name == "TimeoutSec") { // import makes two keys of it
                continue;
            }
            EXPECT_TRUE(keys.find(concat(' ', name.name, ' ')) != std::string::npos ||
                        !note.why.starts_with("no key of"))
                << heading << ' ' << directive;
        }
    }
}

} // namespace
} // namespace amphid
