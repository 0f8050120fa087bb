// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

namespace amphid {

/// The name that another program has, or a user might guess, for one of our keys. Character arrays
/// for the same reason as in KeyList.
struct Synonym {
    char words[96]; // without '-' and '_', in lower case
    char table[12];
    char key[28];
    char note[72] = {}; // anything else the user should know
};

/// supervisord, OpenRC, runit, start-stop-daemon, Docker Compose, pm2, launchd, upstart.
inline constexpr Synonym synonyms[] = {
    {"command cmd exec execstartcommand program run script startcommand entrypoint daemon",
     "service", "exec-start"},
    {"args argv arguments commandargs commandarguments daemonargs daemonopts programarguments",
     "service", "exec-start",
     "the arguments follow the program: [\"/usr/bin/web\", \"--port\", \"80\"]"},
    {"cwd chdir dir directory workdir workingdir pwd", "service", "working-directory"},
    {"env environ environmentvariables envvars", "service", "environment"},
    {"envfile envfiles", "service", "environment-file"},
    {"stdin", "service", "standard-input"},
    {"stdout stdoutlogfile outfile outputlog outputlogger", "service", "standard-output"},
    {"stderr stderrlogfile errorfile errorlog errorlogger", "service", "standard-error"},
    {"log logfile", "log", "file"},
    {"stdoutlogfilemaxbytes maxlogsize", "log", "max-size"},
    {"stdoutlogfilebackups maxlogs", "log", "keep"},
    {"autorestart respawn keepalive restartpolicy", "service", "restart",
     "restart = \"always\" or \"on-failure\""},
    {"respawndelay restartdelay throttleinterval", "service", "restart-sec"},
    {"startretries respawnmax maxrestarts respawnlimit", "service", "start-limit-burst"},
    {"respawnperiod", "service", "start-limit-interval-sec"},
    {"stopsignal termsignal", "service", "kill-signal"},
    {"stopwaitsecs stoptimeout stopgraceperiod killtimeout exittimeout retry", "service",
     "timeout-stop-sec"},
    {"timeout timeoutsec", "service", "timeout-start-sec", "for stopping, timeout-stop-sec"},
    {"exitcodes okexitcodes", "service", "success-exit-status"},
    {"uid runas chuid username commanduser owner", "service", "user"},
    {"gid groupname", "service", "group"},
    {"groups", "service", "supplementary-groups"},
    {"chroot rootdir", "service", "root-directory"},
    {"priority nicelevel", "service", "nice"},
    {"nofile rlimitnofile", "service", "limit-nofile"},
    {"stop stopcommand stopcmd", "service", "exec-stop"},
    {"reload reloadcommand reloadcmd", "service", "exec-reload"},
    {"prestart startpre beforestart", "service", "exec-start-pre"},
    {"poststart startpost afterstart", "service", "exec-start-post"},
    {"poststop stoppost afterstop finish", "service", "exec-stop-post"},
    {"capabilities", "service", "ambient-capabilities"},
    {"daemonize background detach foreground", "launcher", "mode"},
    {"pidfilename", "launcher", "pid-file"},
    {"autostart enabled enable runatload onboot", "install", "wanted-by",
     "wanted-by = \"multi-user.target\" starts it at boot"},
    {"need needs dependson depends dependencies", "unit", "requires"},
    {"desc comment summary", "unit", "description"},
    {"healthcheck liveness livenessprobe healthcmd", "health", "command"},
    {"readiness readinessprobe", "ready", "command"},
    {"busname", "ready", "dbus"},
};

} // namespace amphid
