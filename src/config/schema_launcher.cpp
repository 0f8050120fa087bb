// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/schema.h"

#include "config/packed_keys.h"

namespace amphid {

namespace {

using enum Applies;

constexpr Key<InstallTable> install_keys[] = {
    {"wanted-by", &InstallTable::wanted_by, "WantedBy", unit,
     "Units that start this service along with themselves; \"multi-user.target\" starts it at "
     "boot.",
     R"("multi-user.target")"},
    {"required-by", &InstallTable::required_by, "RequiredBy", unit,
     "Units that require this service: they fail to start if it does.", R"("web.target")"},
    {"alias", &InstallTable::alias, "Alias", unit, "Further names for the generated unit.",
     R"("www.service")"},
    {"replace", &InstallTable::replace, "", amphid,
     "Whether the generated unit replaces a packaged unit of the same name below /usr. Units in "
     "/etc and /run take precedence even with replace = true.",
     R"(true)"},
};

constexpr Key<LauncherTable> launcher_keys[] = {
    {"name", &LauncherTable::name, "", amphid,
     "The name of the service; by default the file name without \".toml\".", R"("web")"},
    {"mode", &LauncherTable::mode, "", amphid,
     "How `amphid start` runs the service: auto detects the mode, daemon and foreground force it.",
     R"("daemon")"},
    {"supervise", &LauncherTable::supervise, "", amphid,
     "Whether a launcher stays with the service. With never, the launcher prepares everything and "
     "then becomes the service by execve(2): it has the same PID, and nothing else stays in "
     "memory. Every key that needs a launcher that stays is refused. auto is the same as always.",
     R"("never")"},
    {"pid-file", &LauncherTable::pid_file, "", amphid,
     "Where to write the launcher's PID; by default the file pid in the runtime directory.",
     R"("/run/web.pid")"},
    {"service-pid-file", &LauncherTable::service_pid_file, "", amphid,
     "Where to write the PID of the service's main process.", R"("/run/web-main.pid")"},
    {"runtime-directory", &LauncherTable::runtime_directory, "", amphid,
     "Directory for the lock, the state file and the sockets; by default /run/amphid/NAME, or "
     "$XDG_RUNTIME_DIR/amphid/NAME for other users than root.",
     R"("/run/web")"},
    {"sandbox", &LauncherTable::sandbox, "", amphid,
     "What happens where this host cannot confine the service as its keys ask: refuse to start it, "
     "or warn and start it without.",
     R"("warn")"},
    {"signals", &LauncherTable::signals, "", amphid,
     "Rewrites signals that are sent to the launcher, as dumb-init does: each is treated as the "
     "other one, and an empty name drops it. Those of amphid's own commands, of the terminal and "
     "of "
     "the kernel are not rewritten.",
     R"({ SIGTERM = "SIGQUIT", SIGHUP = "" })"},
};

} // namespace

KeyList<InstallTable> keys_of(const InstallTable&) {
    return PackedKeys<install_keys>::list();
}
KeyList<LauncherTable> keys_of(const LauncherTable&) {
    return PackedKeys<launcher_keys>::list();
}

} // namespace amphid
