// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/host_check.h"

#include "app/service.h"
#include "base/capability_name.h"
#include "base/text.h"
#include "config/hints.h"
#include "config/schema.h"
#include "os/environment_files.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/run_program.h"
#include "os/runtime_files.h"
#include "os/shebang.h"
#include "os/trust.h"

#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

using Severity = Diagnostic::Severity;

std::vector<std::string> all_users() {
    std::vector<std::string> out;
    ::setpwent();
    while (const passwd* entry = ::getpwent()) {
        out.emplace_back(entry->pw_name);
    }
    ::endpwent();
    return out;
}

std::vector<std::string> all_groups() {
    std::vector<std::string> out;
    ::setgrent();
    while (const group* entry = ::getgrent()) {
        out.emplace_back(entry->gr_name);
    }
    ::endgrent();
    return out;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
    const std::vector<std::string_view> views(known.begin(), known.end());
    const std::string_view near = nearest(word, views);
    return near.empty() ? std::string() : concat("; did you mean '", near, "'?");
}

bool is_number(const std::string& text) {
    return parse_number<uid_t>(text).has_value();
}

class HostCheck {
public:
    HostCheck(const Config& config, const Host& host) : config_(config), host_(host) {}

    std::vector<Diagnostic> run() {
        check_directories();
        check_environment_files();
        check_log();
        check_pid_file("launcher.pid-file", config_.launcher.pid_file.text);
        check_pid_file("launcher.service-pid-file", config_.launcher.service_pid_file.text);
        for (const auto& [key, command] : commands_of(config_)) {
            check_command(key, *command);
        }
        check_accounts();
        check_ports();
        return std::move(out_);
    }

private:
    void add(Severity severity, std::string_view key, std::string message) {
        out_.push_back({severity, place_of(config_, key), std::move(message)});
    }

    std::string root_of(const Command& command) const {
        return command.privileges == Privileges::privileged ? std::string()
                                                            : config_.service.root_directory.text;
    }

    void check_command(std::string_view key, const Command& command) {
        const std::string root = root_of(command);
        const Severity severity = command.ignore_failure ? Severity::warning : Severity::error;
        std::string path;
        try {
            path = find_program(command.path, root);
        } catch (const OsError& error) {
            add(severity, key, concat(error.what(), hint_about(command, root)));
            return;
        }
        if (const std::string why = about_interpreter(root, path); !why.empty()) {
            add(severity, key, why);
        }
        // binfmt_misc may know it.
        constexpr std::size_t files_without_formats = 2;
        if (const std::string why = unknown_format(root + path);
            !why.empty() && names_in("/proc/sys/fs/binfmt_misc").size() <= files_without_formats) {
            add(severity, key, concat("cannot execute ", path, ": ", why));
        }
        check_trust(key, command, root + path);
    }

    /// A start by root refuses a program that others could replace.
    void check_trust(std::string_view key, const Command& command, const std::string& path) {
        if (host_.uid != 0) {
            return;
        }
        std::vector<uid_t> owners = trusted_users(host_);
        const std::string& user = config_.service.user.text;
        const passwd* entry = user.empty() ? nullptr : ::getpwnam(user.c_str());
        const bool as_user =
            command.privileges == Privileges::normal || command.privileges == Privileges::ambient;
        if (as_user && (entry != nullptr || is_number(user))) {
            owners.push_back(entry != nullptr ? entry->pw_uid : *parse_number<uid_t>(user));
        }
        try {
            require_trusted(path, owners);
        } catch (const OsError& error) {
            add(Severity::error, key, error.what());
        }
    }

    /// A whole command line in place of a program.
    static std::string hint_about(const Command& command, const std::string& root) {
        std::string_view rest = command.path;
        const std::string program(take_word(rest));
        if (command.argv.size() != 1 || program == command.path) {
            return {};
        }
        try {
            find_program(program, root);
        } catch (const OsError&) {
            return {};
        }
        std::string argv;
        for (rest = command.path; rest.find_first_not_of(" \t") != std::string_view::npos;) {
            argv += concat(argv.empty() ? "" : ", ", json_string(take_word(rest)));
        }
        return concat("; the whole command line is one element of the array; write [", argv, ']');
    }

    static std::string about_interpreter(const std::string& root, const std::string& program) {
        const auto line = shebang_of(root + program);
        if (!line) {
            return {};
        }
        if (line->ends_with('\r')) {
            return concat("cannot execute ", program, ": ", missing_interpreter(root, program),
                          "; convert it with `sed -i 's/\\r$//' ", program, '`');
        }
        std::string_view rest = *line;
        const std::string interpreter(take_word(rest));
        const bool by_env = interpreter.ends_with("/env");
        for (const std::string& needed :
             {interpreter, by_env ? std::string(take_word(rest)) : std::string()}) {
            if (needed.empty() || needed.starts_with('-') ||
                needed.find('=') != std::string::npos) {
                continue; // options of env(1)
            }
            try {
                find_program(needed, root);
            } catch (const OsError&) {
                return concat("cannot execute ", program, ": its interpreter ", needed,
                              " does not exist");
            }
        }
        return {};
    }

    void check_directories() {
        const ServiceTable& service = config_.service;
        require_directory("service.root-directory", service.root_directory.text);
        const WorkingDirectory& working = service.working_directory;
        if (working.path.starts_with('/') && !working.optional) {
            require_directory("service.working-directory",
                              service.root_directory.text + working.path);
        }
        const std::pair<std::string_view, const std::string&> files[] = {
            {"service.standard-output", service.standard_output.path},
            {"service.standard-error", service.standard_error.path}};
        for (const auto& [key, path] : files) {
            if (!path.empty()) {
                require_directory(key, split_path(path).first);
            }
        }
    }

    void check_environment_files() {
        constexpr std::string_view key = "service.environment-file";
        for (const EnvironmentFile& file : config_.service.environment_file.list) {
            ExecContext context;
            context.environment_files = {file};
            context.trusted_users = trusted_users(host_);
            const EnvironmentsRead found = read_environment_files(context);
            for (const std::string& warning : found.warnings) {
                add(Severity::warning, key, warning);
            }
            if (found.error == ENOENT) {
                add(Severity::error, key,
                    concat("cannot read ", found.object, ": ", std::strerror(ENOENT), "; write \"-",
                           file.path, "\" if it may be missing"));
            } else if (found.error == EPERM || found.error == EINVAL) {
                add(Severity::error, key, found.object);
            } else if (found.error != 0 && found.error != EACCES) { // not visible to us
                add(Severity::error, key,
                    concat("cannot read ", found.object, ": ", std::strerror(found.error)));
            }
        }
    }

    void check_log() {
        const std::string& file = config_.log.file.text;
        if (file.empty()) {
            return;
        }
        require_directory("log.file", split_path(file).first);
        struct stat st {};
        if (::stat(file.c_str(), &st) == 0 && S_ISDIR(st.st_mode)) {
            add(Severity::error, "log.file", concat(file, " is a directory"));
        }
    }

    void check_pid_file(std::string_view key, const std::string& file) {
        if (file.empty()) {
            return;
        }
        const auto [path, name] = split_path(file);
        require_directory(key, path);
        const Fd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        const std::string why = directory ? why_no_pid_file(directory.get(), name) : "";
        if (!why.empty()) {
            add(Severity::error, key, concat("refusing to replace ", file, ": ", why));
        }
    }

    void require_directory(std::string_view key, const std::string& path) {
        struct stat st {};
        if (path.empty()) {
            return;
        }
        if (::stat(path.c_str(), &st) == 0) {
            if (!S_ISDIR(st.st_mode)) {
                add(Severity::error, key, concat(path, " is not a directory"));
            }
        } else if (errno != EACCES) { // not visible to us
            add(Severity::error, key, concat("the directory ", path, " does not exist"));
        }
    }

    void check_accounts() {
        const ServiceTable& service = config_.service;
        require_user("service.user", service.user.text);
        for (std::size_t i = 0; i < config_.sockets.size(); ++i) {
            const std::string socket = origin_of_socket(i);
            require_user(concat(socket, ".socket-user"), config_.sockets[i].socket_user.text);
            require_group(concat(socket, ".socket-group"), config_.sockets[i].socket_group.text);
        }
        require_group("service.group", service.group.text);
        for (const std::string& name : service.supplementary_groups.list) {
            require_group("service.supplementary-groups", name);
        }
    }

    void require_user(std::string_view key, const std::string& name) {
        if (!name.empty() && !is_number(name) && ::getpwnam(name.c_str()) == nullptr) {
            add(Severity::error, key,
                concat("there is no user '", name, "' on this host",
                       did_you_mean(name, all_users())));
        }
    }

    void require_group(std::string_view key, const std::string& name) {
        if (!name.empty() && !is_number(name) && ::getgrnam(name.c_str()) == nullptr) {
            add(Severity::error, key,
                concat("there is no group '", name, "' on this host",
                       did_you_mean(name, all_groups())));
        }
    }

    bool may_bind_low_ports() const {
        const ServiceTable& service = config_.service;
        const auto bit = std::uint64_t{1} << *parse_capability("CAP_NET_BIND_SERVICE");
        const bool root = service.user.text.empty()
                              ? ::geteuid() == 0
                              : service.user.text == "root" || service.user.text == "0";
        return root ? !service.capability_bounding_set ||
                          (service.capability_bounding_set->bits & bit) != 0
                    : service.ambient_capabilities &&
                          (service.ambient_capabilities->bits & bit) != 0;
    }

    /// Then the launcher does, which has more rights.
    bool launcher_listens_at(std::uint16_t port) const {
        for (const SocketTable& table : config_.sockets) {
            for (const auto* list : {&table.listen_stream, &table.listen_datagram}) {
                for (const SocketAddress& address : list->list) {
                    if (address.port == port) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    void check_ports() {
        const auto text =
            read_small_file(AT_FDCWD, "/proc/sys/net/ipv4/ip_unprivileged_port_start");
        const int first =
            parse_number<int>(text ? std::string_view(*text).substr(0, text->find('\n')) : "")
                .value_or(1024);
        const std::pair<std::string_view, const std::vector<Endpoint>&> keys[] = {
            {"ready.listen", config_.ready.listen.list},
            {"health.listen", config_.health.listen.list}};
        for (const auto& [key, endpoints] : keys) {
            for (const Endpoint& endpoint : endpoints) {
                if (endpoint.kind != Endpoint::Kind::unix_socket && endpoint.port < first &&
                    !may_bind_low_ports() && !launcher_listens_at(endpoint.port)) {
                    add(Severity::warning, key,
                        concat("port ", endpoint.port, " is below ", first,
                               ": the service needs ambient-capabilities = "
                               "\"CAP_NET_BIND_SERVICE\" to listen there"));
                }
            }
        }
    }

    const Config& config_;
    const Host& host_;
    std::vector<Diagnostic> out_;
};

} // namespace

std::vector<Diagnostic> check_on_host(const Config& config, const Host& host) {
    return HostCheck(config, host).run();
}

} // namespace amphid
