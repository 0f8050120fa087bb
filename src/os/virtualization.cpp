// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/virtualization.h"

#include "base/text.h"
#include "os/files.h"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

// systemd, src/basic/virt.c.

namespace amphid {

namespace {

bool exists(const char* path) {
    struct stat st {};
    return ::stat(path, &st) == 0;
}

std::string first_line_of(const char* path) {
    const std::string text = read_small_file(AT_FDCWD, path).value_or("");
    return text.substr(0, text.find('\n'));
}

/// The `container` variable that a container's manager gives PID 1.
std::string variable_of_pid_1() {
    const std::string text = read_small_file(AT_FDCWD, "/proc/1/environ").value_or("");
    for (const std::string_view entry : split(text, '\0')) {
        constexpr std::string_view name = "container=";
        if (entry.starts_with(name)) {
            return std::string(entry.substr(name.size()));
        }
    }
    return {};
}

/// Translates a manager's name to systemd-detect-virt's.
std::string known_container(const std::string& word) {
    constexpr std::string_view known[] = {"systemd-nspawn", "lxc-libvirt", "lxc", "openvz",
                                          "docker",         "podman",      "rkt", "wsl",
                                          "proot",          "pouch"};
    if (word == "oci") {
        return exists("/run/.containerenv") ? "podman"
               : exists("/.dockerenv")      ? "docker"
                                            : "container-other";
    }
    for (const std::string_view name : known) {
        if (word == name) {
            return word;
        }
    }
    return word.empty() ? word : "container-other";
}

/// The texts themselves: pointers to them would be relocated in each start.
struct Signature {
    char text[24];
    char word[12];
};

/// The hypervisor's own signature, CPUID leaf 0x40000000.
std::string by_cpuid() {
#if defined(__x86_64__) || defined(__i386__)
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    constexpr unsigned hypervisor_bit = 1U << 31;
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & hypervisor_bit) == 0) {
        return {};
    }
    __cpuid(0x40000000U, eax, ebx, ecx, edx);
    std::array<char, 12> raw{};
    std::memcpy(raw.data(), &ebx, 4);
    std::memcpy(raw.data() + 4, &ecx, 4);
    std::memcpy(raw.data() + 8, &edx, 4);
    constexpr Signature signatures[] = {
        {"XenVMMXenVMM", "xen"},   {"KVMKVMKVM", "kvm"},       {"Linux KVM Hv", "kvm"},
        {"TCGTCGTCGTCG", "qemu"},  {"VMwareVMware", "vmware"}, {"Microsoft Hv", "microsoft"},
        {"bhyve bhyve ", "bhyve"}, {"QNXQVMBSQG", "qnx"},      {"ACRNACRNACRN", "acrn"},
        {"SRESRESRESRE", "sre"},   {"Apple VZ", "apple"}};
    const std::string_view found(raw.data(), raw.size());
    for (const auto& [text, word] : signatures) {
        if (found.starts_with(text)) {
            return std::string(word);
        }
    }
    return "vm-other";
#else
    return {};
#endif
}

std::string by_dmi() {
    constexpr Signature vendors[] = {{"KVM", "kvm"},
                                     {"OpenStack", "kvm"},
                                     {"KubeVirt", "kvm"},
                                     {"Amazon EC2", "amazon"},
                                     {"QEMU", "qemu"},
                                     {"VMware", "vmware"},
                                     {"VMW", "vmware"},
                                     {"innotek GmbH", "oracle"},
                                     {"VirtualBox", "oracle"},
                                     {"Oracle Corporation", "oracle"},
                                     {"Xen", "xen"},
                                     {"Bochs", "bochs"},
                                     {"Parallels", "parallels"},
                                     {"BHYVE", "bhyve"},
                                     {"Hyper-V", "microsoft"},
                                     {"Apple Virtualization", "apple"},
                                     {"Google Compute Engine", "google"}};
    for (const char* file : {"/sys/class/dmi/id/product_name", "/sys/class/dmi/id/sys_vendor",
                             "/sys/class/dmi/id/board_vendor", "/sys/class/dmi/id/bios_vendor",
                             "/sys/class/dmi/id/product_version"}) {
        const std::string text = first_line_of(file);
        for (const auto& [vendor, word] : vendors) {
            if (text.starts_with(vendor)) {
                return std::string(word);
            }
        }
    }
    return {};
}

} // namespace

std::string detect_container() {
    if (exists("/proc/vz") && !exists("/proc/bc")) {
        return "openvz";
    }
    const std::string release = first_line_of("/proc/sys/kernel/osrelease");
    if (release.find("Microsoft") != std::string::npos ||
        release.find("WSL") != std::string::npos) {
        return "wsl";
    }
    for (const char* file : {"/run/host/container-manager", "/run/systemd/container"}) {
        if (const std::string word = first_line_of(file); !word.empty()) {
            return known_container(word);
        }
    }
    if (const std::string word = variable_of_pid_1(); !word.empty()) {
        return known_container(word);
    }
    return exists("/run/.containerenv") ? "podman" : exists("/.dockerenv") ? "docker" : "";
}

std::string detect_virtual_machine() {
    if (exists("/proc/xen")) {
        const std::string capabilities = first_line_of("/proc/xen/capabilities");
        if (capabilities.find("control_d") != std::string::npos) {
            return {}; // dom0 is the host
        }
    }
    // DMI names the product on top of the hypervisor: Amazon's, Google's, VirtualBox's.
    const std::string dmi = by_dmi();
    for (const std::string_view product : {"oracle", "xen", "amazon", "parallels", "google"}) {
        if (dmi == product) {
            return dmi;
        }
    }
    const std::string cpu = by_cpuid();
    if (!cpu.empty() && (cpu != "vm-other" || dmi.empty())) {
        return cpu;
    }
    if (!dmi.empty()) {
        return dmi;
    }
    if (first_line_of("/sys/hypervisor/type") == "xen") {
        return "xen";
    }
    const std::string tree =
        read_small_file(AT_FDCWD, "/proc/device-tree/hypervisor/compatible").value_or("");
    if (tree.starts_with("linux,kvm")) {
        return "kvm";
    }
    return tree.empty() ? "" : tree.find("xen") != std::string::npos ? "xen" : "vm-other";
}

bool in_user_namespace() {
    const std::string map = first_line_of("/proc/self/uid_map");
    std::vector<std::string_view> numbers;
    for (const std::string_view word : split(map, ' ')) {
        if (!word.empty()) {
            numbers.push_back(word);
        }
    }
    const bool everybody =
        numbers.size() == 3 && numbers[0] == "0" && numbers[1] == "0" && numbers[2] == "4294967295";
    return !numbers.empty() && !everybody;
}

} // namespace amphid
