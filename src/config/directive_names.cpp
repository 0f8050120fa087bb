// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/directive_names.h"

#include "base/text.h"

#include <algorithm>

namespace amphid {

namespace {

/// Directives of one section of a unit file, by the version that introduced them; 0: all supported
/// versions have them. Taken from `systemd --dump-configuration-items`, and for later versions from
/// systemd.unit(5), .service(5), .exec(5), .kill(5) and .resource-control(5).
struct Release {
    unsigned version;
    std::string_view section;
    std::string_view directives;
};

constexpr Release releases[] = {
    {0, "unit",
     "After AllowIsolate AssertACPower AssertArchitecture AssertCPUFeature "
     "AssertCPUPressure AssertCPUs AssertCapability AssertControlGroupController "
     "AssertCredential AssertDirectoryNotEmpty AssertEnvironment "
     "AssertFileIsExecutable AssertFileNotEmpty AssertFirstBoot AssertGroup "
     "AssertHost AssertIOPressure AssertKernelCommandLine AssertKernelVersion "
     "AssertMemory AssertMemoryPressure AssertNeedsUpdate AssertOSRelease "
     "AssertPathExists AssertPathExistsGlob AssertPathIsDirectory "
     "AssertPathIsEncrypted AssertPathIsMountPoint AssertPathIsReadWrite "
     "AssertPathIsSymbolicLink AssertSecurity AssertUser AssertVirtualization Before "
     "BindTo BindsTo CollectMode ConditionACPower ConditionArchitecture "
     "ConditionCPUFeature ConditionCPUs ConditionCapability "
     "ConditionControlGroupController ConditionDirectoryNotEmpty "
     "ConditionEnvironment ConditionFileIsExecutable ConditionFileNotEmpty "
     "ConditionFirstBoot ConditionGroup ConditionHost ConditionKernelCommandLine "
     "ConditionKernelVersion ConditionMemory ConditionNeedsUpdate "
     "ConditionPathExists ConditionPathExistsGlob ConditionPathIsDirectory "
     "ConditionPathIsEncrypted ConditionPathIsMountPoint ConditionPathIsReadWrite "
     "ConditionPathIsSymbolicLink ConditionSecurity ConditionUser "
     "ConditionVirtualization Conflicts DefaultDependencies Description "
     "Documentation FailureAction FailureActionExitStatus IgnoreOnIsolate "
     "JobRunningTimeoutSec JobTimeoutAction JobTimeoutRebootArgument JobTimeoutSec "
     "JoinsNamespaceOf OnFailure OnFailureIsolate OnFailureJobMode OnSuccessJobMode "
     "PartOf PropagateReloadFrom PropagateReloadTo PropagatesReloadTo RebootArgument "
     "RefuseManualStart RefuseManualStop ReloadPropagatedFrom Requires "
     "RequiresMountsFor RequiresOverridable Requisite RequisiteOverridable "
     "SourcePath StartLimitAction StartLimitBurst StartLimitInterval "
     "StartLimitIntervalSec StopWhenUnneeded SuccessAction SuccessActionExitStatus "
     "Wants"},
    {0, "service",
     "AllowedCPUs AllowedMemoryNodes AmbientCapabilities AppArmorProfile BindPaths "
     "BindReadOnlyPaths BlockIOAccounting BlockIODeviceWeight BlockIOReadBandwidth "
     "BlockIOWeight BlockIOWriteBandwidth BusName CPUAccounting CPUAffinity CPUQuota "
     "CPUQuotaPeriodSec CPUSchedulingPolicy CPUSchedulingPriority "
     "CPUSchedulingResetOnFork CPUShares CPUWeight CacheDirectory CacheDirectoryMode "
     "CapabilityBoundingSet ConfigurationDirectory ConfigurationDirectoryMode "
     "CoredumpFilter DefaultMemoryLow DefaultMemoryMin Delegate DeviceAllow "
     "DevicePolicy DisableControllers DynamicUser Environment EnvironmentFile "
     "ExecCondition ExecPaths ExecReload ExecStart ExecStartPost ExecStartPre "
     "ExecStop ExecStopPost ExtensionImages FailureAction FileDescriptorStoreMax "
     "FinalKillSignal Group GuessMainPID IOAccounting IODeviceLatencyTargetSec "
     "IODeviceWeight IOReadBandwidthMax IOReadIOPSMax IOSchedulingClass "
     "IOSchedulingPriority IOWeight IOWriteBandwidthMax IOWriteIOPSMax IPAccounting "
     "IPAddressAllow IPAddressDeny IPCNamespacePath IPEgressFilterPath "
     "IPIngressFilterPath IgnoreSIGPIPE InaccessibleDirectories InaccessiblePaths "
     "KeyringMode KillMode KillSignal LimitAS LimitCORE LimitCPU LimitDATA "
     "LimitFSIZE LimitLOCKS LimitMEMLOCK LimitMSGQUEUE LimitNICE LimitNOFILE "
     "LimitNPROC LimitRSS LimitRTPRIO LimitRTTIME LimitSIGPENDING LimitSTACK "
     "LoadCredential LockPersonality LogExtraFields LogLevelMax LogNamespace "
     "LogRateLimitBurst LogRateLimitIntervalSec LogsDirectory LogsDirectoryMode "
     "ManagedOOMMemoryPressure ManagedOOMMemoryPressureLimit ManagedOOMPreference "
     "ManagedOOMSwap MemoryAccounting MemoryDenyWriteExecute MemoryHigh MemoryLimit "
     "MemoryLow MemoryMax MemoryMin MemorySwapMax MountAPIVFS MountFlags MountImages "
     "NUMAMask NUMAPolicy NetworkNamespacePath Nice NoExecPaths NoNewPrivileges "
     "NonBlocking NotifyAccess OOMPolicy OOMScoreAdjust PAMName PIDFile "
     "PassEnvironment PermissionsStartOnly Personality PrivateDevices PrivateIPC "
     "PrivateMounts PrivateNetwork PrivateTmp PrivateUsers ProcSubset ProtectClock "
     "ProtectControlGroups ProtectHome ProtectHostname ProtectKernelLogs "
     "ProtectKernelModules ProtectKernelTunables ProtectProc ProtectSystem "
     "ReadOnlyDirectories ReadOnlyPaths ReadWriteDirectories ReadWritePaths "
     "RebootArgument RemainAfterExit RemoveIPC Restart RestartForceExitStatus "
     "RestartKillSignal RestartPreventExitStatus RestartSec RestrictAddressFamilies "
     "RestrictNamespaces RestrictRealtime RestrictSUIDSGID RootDirectory "
     "RootDirectoryStartOnly RootHash RootHashSignature RootImage RootImageOptions "
     "RootVerity RuntimeDirectory RuntimeDirectoryMode RuntimeDirectoryPreserve "
     "RuntimeMaxSec SELinuxContext SecureBits SendSIGHUP SendSIGKILL SetCredential "
     "Slice SmackProcessLabel Sockets StandardError StandardInput StandardInputData "
     "StandardInputText StandardOutput StartLimitAction StartLimitBurst "
     "StartLimitInterval StartupBlockIOWeight StartupCPUShares StartupCPUWeight "
     "StartupIOWeight StateDirectory StateDirectoryMode SuccessExitStatus "
     "SupplementaryGroups SyslogFacility SyslogIdentifier SyslogLevel "
     "SyslogLevelPrefix SystemCallArchitectures SystemCallErrorNumber "
     "SystemCallFilter SystemCallLog TTYPath TTYReset TTYVHangup TTYVTDisallocate "
     "TasksAccounting TasksMax TemporaryFileSystem TimeoutAbortSec TimeoutCleanSec "
     "TimeoutSec TimeoutStartFailureMode TimeoutStartSec TimeoutStopFailureMode "
     "TimeoutStopSec TimerSlackNSec Type UMask USBFunctionDescriptors "
     "USBFunctionStrings UnsetEnvironment User UtmpIdentifier UtmpMode WatchdogSec "
     "WatchdogSignal WorkingDirectory"},
    {0, "install", "Alias Also DefaultInstance RequiredBy WantedBy"},
    {249, "unit",
     "ConditionFirmware ConditionOSRelease OnSuccess PropagatesStopTo "
     "StopPropagatedFrom Upholds"},
    {249, "service", "BPFProgram SocketBindAllow SocketBindDeny"},
    {250, "unit", "ConditionCPUPressure ConditionIOPressure ConditionMemoryPressure"},
    {250, "service",
     "ExecSearchPath ExitType LoadCredentialEncrypted RestrictFileSystems "
     "RestrictNetworkInterfaces RuntimeRandomizedExtraSec SetCredentialEncrypted "
     "StartupAllowedCPUs StartupAllowedMemoryNodes TTYColumns TTYRows"},
    {251, "service", "ExtensionDirectories"},
    {252, "unit", "ConditionCredential"},
    {253, "service",
     "LogFilterPatterns MemoryZSwapMax OpenFile ReloadSignal StartupMemoryZSwapMax"},
    {254, "service",
     "DefaultStartupMemoryLow DelegateSubgroup ExtensionImagePolicy FileDescriptorStorePreserve "
     "ImportCredential MemoryKSM MemoryPressureThresholdSec MemoryPressureWatch "
     "MountImagePolicy RestartMaxDelaySec RestartMode RestartSteps RootEphemeral "
     "RootImagePolicy StartupMemoryHigh StartupMemoryLow StartupMemoryMax "
     "StartupMemorySwapMax"},
    {254, "install", "UpheldBy"},
    {255, "unit", "SurviveFinalKillSignal"},
    {255, "service", "CoredumpReceive NFTSet SetLoginEnvironment"},
    {256, "unit", "WantsMountsFor"},
    {256, "service", "MemoryZSwapWriteback"},
    {257, "service", "BindLogSockets ManagedOOMMemoryPressureDurationSec PrivatePIDs"},
    {258, "unit",
     "AssertKernelModuleLoaded AssertVersion ConditionKernelModuleLoaded ConditionVersion"},
    {258, "service",
     "BPFDelegateAttachments BPFDelegateCommands BPFDelegateMaps BPFDelegatePrograms "
     "CacheDirectoryAccounting CacheDirectoryQuota DelegateNamespaces LogsDirectoryAccounting "
     "LogsDirectoryQuota PrivateBPF StateDirectoryAccounting StateDirectoryQuota "
     "UserNamespacePath"},
    {259, "service", "ExecReloadPost"},
    {260, "unit", "AssertPathIsSocket ConditionPathIsSocket"},
    {260, "service", "BindNetworkInterface MemoryTHP RefreshOnReload RootMStack"},
    {261, "unit", "AssertFraction AssertMachineTag ConditionFraction ConditionMachineTag"},
    {261, "service",
     "CPUPressureThresholdSec CPUPressureWatch CPUSetPartition IOPressureThresholdSec "
     "IOPressureWatch OOMRules"},
    {262, "service", "LUOSession RestartRandomizedDelaySec"},
};

template <class Visit>
void for_each_directive(Visit&& visit) {
    for (const Release& release : releases) {
        for (const std::string_view name : split(release.directives, ' ')) {
            visit(release, name);
        }
    }
}

} // namespace

unsigned first_version_of(std::string_view directive) {
    unsigned out = 0;
    for_each_directive([&](const Release& release, std::string_view name) {
        out = name == directive ? release.version : out;
    });
    return out;
}

std::vector<std::string_view> sections_with(std::string_view directive) {
    std::vector<std::string_view> out;
    for_each_directive([&](const Release& release, std::string_view name) {
        if (name == directive) {
            out.push_back(release.section);
        }
    });
    return out;
}

std::string reference_directives() {
    std::string out;
    for_each_directive([&](const Release& release, std::string_view name) {
        out += concat(release.section, ' ', name, ' ', release.version, '\n');
    });
    return out;
}

std::vector<std::string_view> directives_in(std::string_view section) {
    std::vector<std::string_view> out;
    for_each_directive([&](const Release& release, std::string_view name) {
        if (release.section == section) {
            out.push_back(name);
        }
    });
    return out;
}

} // namespace amphid
