// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/import_notes.h"

#include "base/text.h"

#include <algorithm>
#include <iterator>

namespace amphid {

namespace {

/// The texts themselves: pointers to them would be relocated in each start.
struct OldName {
    char section[8];
    char old[24];
    char present[24];
    char present_section[8];
};

/// Old names that systemd still accepts.
constexpr OldName old_names[] = {
    {"Service", "StartLimitInterval", "StartLimitIntervalSec", "Unit"},
    {"Service", "StartLimitIntervalSec", "StartLimitIntervalSec", "Unit"},
    {"Service", "StartLimitBurst", "StartLimitBurst", "Unit"},
    {"Service", "StartLimitAction", "StartLimitAction", "Unit"},
    {"Service", "FailureAction", "FailureAction", "Unit"},
    {"Service", "SuccessAction", "SuccessAction", "Unit"},
    {"Service", "RebootArgument", "RebootArgument", "Unit"},
    {"Unit", "StartLimitInterval", "StartLimitIntervalSec", "Unit"},
    {"Unit", "BindTo", "BindsTo", "Unit"},
    {"Unit", "PropagateReloadTo", "PropagatesReloadTo", "Unit"},
    {"Unit", "PropagateReloadFrom", "ReloadPropagatedFrom", "Unit"},
    {"Unit", "OnFailureIsolate", "OnFailureJobMode", "Unit"},
    {"Service", "ReadOnlyDirectories", "ReadOnlyPaths", "Service"},
    {"Service", "ReadWriteDirectories", "ReadWritePaths", "Service"},
    {"Service", "InaccessibleDirectories", "InaccessiblePaths", "Service"},
    {"Service", "MemoryLimit", "MemoryMax", "Service"},
};

struct Kind {
    Loss loss;
    std::string_view why;
    std::string_view directives;
};

/// Directives without a key, by purpose.
constexpr Kind kinds[] = {
    {Loss::sandbox, "sandbox: only under systemd",
     "PrivateTmp PrivateDevices PrivateNetwork PrivateUsers PrivateMounts PrivateIPC PrivatePIDs "
     "ProtectSystem ProtectHome ProtectKernelTunables ProtectKernelModules ProtectKernelLogs "
     "ProtectControlGroups ProtectHostname ProtectClock ProtectProc ProcSubset LockPersonality "
     "MemoryDenyWriteExecute RestrictRealtime RestrictNamespaces RestrictAddressFamilies "
     "RestrictSUIDSGID RestrictFileSystems RestrictNetworkInterfaces SystemCallArchitectures "
     "SystemCallFilter SystemCallErrorNumber SystemCallLog ReadWritePaths ReadOnlyPaths "
     "InaccessiblePaths ExecPaths NoExecPaths DeviceAllow DevicePolicy IPAddressAllow "
     "IPAddressDeny SocketBindAllow SocketBindDeny AppArmorProfile SELinuxContext "
     "SmackProcessLabel TemporaryFileSystem MountFlags MountAPIVFS ProtectProcSubset "
     "KeyringMode Personality IPCNamespacePath NetworkNamespacePath UserNamespacePath "
     "IPEgressFilterPath IPIngressFilterPath BPFProgram PrivateBPF BPFDelegateAttachments "
     "BPFDelegateCommands BPFDelegateMaps BPFDelegatePrograms DelegateNamespaces NFTSet "
     "BindNetworkInterface"},
    {Loss::nothing, "ordering and dependencies between units: amphid runs one service",
     "DefaultDependencies PartOf Conflicts BindsTo Requisite Upholds RequiresMountsFor "
     "WantsMountsFor PropagatesReloadTo ReloadPropagatedFrom PropagatesStopTo StopPropagatedFrom "
     "JoinsNamespaceOf Also DefaultInstance UpheldBy Sockets RequiresOverridable "
     "RequisiteOverridable"},
    {Loss::nothing, "a rule for systemd's jobs",
     "RefuseManualStart RefuseManualStop AllowIsolate IgnoreOnIsolate IgnoreOnSnapshot "
     "StopWhenUnneeded SurviveFinalKillSignal CollectMode JobTimeoutSec JobRunningTimeoutSec "
     "JobTimeoutAction JobTimeoutRebootArgument OnFailureJobMode OnSuccessJobMode RestartMode "
     "SourcePath"},
    {Loss::limits, "resource control: only under systemd",
     "CPUWeight StartupCPUWeight CPUQuota CPUQuotaPeriodSec CPUShares AllowedCPUs "
     "AllowedMemoryNodes MemoryMin MemoryLow MemoryHigh MemoryMax MemorySwapMax "
     "MemoryZSwapMax TasksMax IOWeight IODeviceWeight IOReadBandwidthMax "
     "IOWriteBandwidthMax IOReadIOPSMax IOWriteIOPSMax BlockIOWeight ManagedOOMSwap "
     "ManagedOOMMemoryPressure ManagedOOMMemoryPressureLimit ManagedOOMPreference "
     "BlockIODeviceWeight BlockIOReadBandwidth BlockIOWriteBandwidth StartupBlockIOWeight "
     "StartupCPUShares StartupIOWeight StartupAllowedCPUs StartupAllowedMemoryNodes "
     "IODeviceLatencyTargetSec DefaultMemoryLow DefaultMemoryMin DefaultStartupMemoryLow "
     "StartupMemoryHigh StartupMemoryLow StartupMemoryMax StartupMemorySwapMax "
     "StartupMemoryZSwapMax MemoryZSwapWriteback ManagedOOMMemoryPressureDurationSec "
     "CPUSetPartition StateDirectoryQuota CacheDirectoryQuota LogsDirectoryQuota"},
    {Loss::nothing, "systemd's cgroups and accounting",
     "Slice Delegate DelegateSubgroup CPUAccounting MemoryAccounting TasksAccounting "
     "IOAccounting BlockIOAccounting IPAccounting MemoryPressureWatch OOMPolicy "
     "CoredumpFilter MemoryKSM MemoryTHP MemoryPressureThresholdSec "
     "CPUPressureThresholdSec CPUPressureWatch IOPressureThresholdSec IOPressureWatch "
     "OOMRules DisableControllers StateDirectoryAccounting CacheDirectoryAccounting "
     "LogsDirectoryAccounting"},
    {Loss::nothing, "no effect on a service that amphid runs",
     "GuessMainPID NonBlocking RemoveIPC SyslogFacility SyslogLevel SyslogLevelPrefix "
     "LogLevelMax LogRateLimitIntervalSec LogRateLimitBurst LogExtraFields LogNamespace "
     "UtmpIdentifier UtmpMode SysVStartPriority TTYReset TTYVHangup TTYVTDisallocate "
     "SameProcessGroup PermissionsStartOnly TimeoutCleanSec TTYColumns TTYRows LogFilterPatterns "
     "CoredumpReceive SetLoginEnvironment BindLogSockets RefreshOnReload LUOSession"},
    {Loss::something,
     "amphid starts no other unit when the service ends: on-failure and on-success run commands",
     "OnFailure OnSuccess"},
    {Loss::something, "amphid does nothing to the system when the service fails or stops",
     "FailureAction SuccessAction StartLimitAction RebootArgument "
     "FailureActionExitStatus SuccessActionExitStatus"},
    {Loss::something, "amphid allocates no dynamic user: create one and set user", "DynamicUser"},
    {Loss::something, "amphid mounts nothing",
     "BindPaths BindReadOnlyPaths RootImage RootImageOptions RootHash RootVerity MountImages "
     "ExtensionImages ExtensionDirectories RootEphemeral RootHashSignature RootImagePolicy "
     "MountImagePolicy ExtensionImagePolicy RootMStack"},
    {Loss::something, "amphid passes no credentials",
     "LoadCredential LoadCredentialEncrypted SetCredential SetCredentialEncrypted "
     "ImportCredential"},
    {Loss::something, "amphid has no such limit", "RuntimeRandomizedExtraSec"},
    {Loss::something, "amphid always sends kill-signal after a timeout",
     "TimeoutStartFailureMode TimeoutStopFailureMode"},
    {Loss::something, "amphid runs no command after a reload", "ExecReloadPost"},
    {Loss::something, "amphid adds no random delay to restarts", "RestartRandomizedDelaySec"},
    {Loss::something, "amphid considers the service stopped once its main process has exited",
     "ExitType"},
    {Loss::something, "amphid looks programs up in a fixed path", "ExecSearchPath"},
    {Loss::something, "amphid opens no files for the service", "OpenFile"},
    {Loss::something, "amphid passes no text as standard input",
     "StandardInputData StandardInputText"},
    {Loss::something, "amphid applies root-directory to all commands", "RootDirectoryStartOnly"},
    {Loss::something, "amphid sets no NUMA policy", "NUMAMask NUMAPolicy"},
    {Loss::something, "amphid does not watch names on D-Bus", "BusName"},
    {Loss::something, "amphid opens no session for the service", "PAMName"},
    {Loss::something, "amphid passes no socket: the service must listen itself",
     "USBFunctionDescriptors USBFunctionStrings"},
};

} // namespace

DirectiveName present_name(const std::string& section, const std::string& name) {
    for (const OldName& row : old_names) {
        if (row.section == section && row.old == name) {
            return {row.present_section, row.present};
        }
    }
    return {section, name};
}

ImportNote note_about(const std::string& section, const std::string& name,
                      const std::string& value) {
    ImportNote out{{}, name, value, Loss::nothing, {}, false};
    for (const Kind& kind : kinds) {
        const auto names = split(kind.directives, ' ');
        if (std::find(names.begin(), names.end(), name) != names.end()) {
            out.loss = kind.loss;
            out.why = kind.why;
            return out;
        }
    }
    if (name.starts_with("Condition") || name.starts_with("Assert")) {
        out.loss = Loss::something;
        out.why = "a condition that amphid does not check";
        return out;
    }
    if (name.starts_with("X-")) {
        out.why = "a private extension";
        return out;
    }
    out.loss = Loss::something;
    out.why = concat("amphid has no key for it in [", section, ']');
    return out;
}

bool asks_for_nothing(Loss loss, std::string_view value) {
    constexpr std::string_view defaults[] = {"",        "auto", "all",     "default",
                                             "inherit", "none", "infinity"};
    const bool is_number = loss == Loss::limits && value == "0"; // of a CPU, or no memory at all
    return (parse_boolean(value) == false && !is_number) ||
           std::find(std::begin(defaults), std::end(defaults), value) != std::end(defaults);
}

std::string applied_only_by_systemd(const SystemdTable& systemd) {
    std::string out;
    for (const auto& [written, values] : systemd.service) {
        const std::string name = present_name("Service", written).name;
        const Loss loss = note_about("Service", name, {}).loss;
        const bool matters = is_only_under_systemd(loss) || name == "DynamicUser";
        const auto is_off = [loss](std::string_view value) {
            return asks_for_nothing(loss, value);
        };
        if (matters && !std::all_of(values.begin(), values.end(), is_off)) {
            out += concat(out.empty() ? "" : ", ", written, '=');
        }
    }
    return out;
}

} // namespace amphid
