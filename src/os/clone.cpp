// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/clone.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <sched.h>
#include <sys/syscall.h>

namespace amphid {

namespace {

/// struct clone_args of clone3(2), as far as cgroup (Linux 5.7); older headers lack it.
struct CloneArguments {
    alignas(8) std::uint64_t flags = 0;
    std::uint64_t pidfd = 0;
    std::uint64_t child_tid = 0;
    std::uint64_t parent_tid = 0;
    std::uint64_t exit_signal = 0;
    std::uint64_t stack = 0;
    std::uint64_t stack_size = 0;
    std::uint64_t tls = 0;
    std::uint64_t set_tid = 0;
    std::uint64_t set_tid_size = 0;
    std::uint64_t cgroup = 0;
};

constexpr std::uint64_t into_cgroup = 0x200000000; // CLONE_INTO_CGROUP

/// clone3(2), for which libc has no function: the new process begins on an empty stack, where
/// nothing can be returned to.
long clone3(const CloneArguments& arguments, int (*function)(void*), void* argument) {
#if defined(__x86_64__)
    long result = SYS_clone3;
    asm volatile("syscall\n\t"
                 "testq %%rax, %%rax\n\t"
                 "jnz 1f\n\t"
                 "xorl %%ebp, %%ebp\n\t"
                 "movq %[argument], %%rdi\n\t"
                 "callq *%[function]\n\t"
                 "hlt\n"
                 "1:"
                 : "+a"(result)
                 : "D"(&arguments),
                   "S"(sizeof arguments), [function] "r"(function), [argument] "r"(argument)
                 : "rcx", "r11", "memory", "cc");
    return result;
#elif defined(__aarch64__)
    register long x0 asm("x0") = reinterpret_cast<long>(&arguments);
    register long x1 asm("x1") = sizeof arguments;
    register long x8 asm("x8") = SYS_clone3;
    asm volatile("svc #0\n\t"
                 "cbnz x0, 1f\n\t"
                 "mov x29, xzr\n\t"
                 "mov x0, %[argument]\n\t"
                 "blr %[function]\n\t"
                 "brk #0\n"
                 "1:"
                 : "+r"(x0)
                 : "r"(x1), "r"(x8), [function] "r"(function), [argument] "r"(argument)
                 : "memory", "cc");
    return x0;
#else
    (void)arguments;
    (void)function;
    (void)argument;
    return -ENOSYS;
#endif
}

} // namespace

pid_t clone_with_our_memory(int (*function)(void*), void* argument, std::span<char> stack,
                            int cgroup) {
    if (cgroup >= 0) {
        CloneArguments arguments;
        arguments.flags = CLONE_VM | CLONE_VFORK | into_cgroup;
        arguments.exit_signal = SIGCHLD;
        arguments.stack = reinterpret_cast<std::uint64_t>(stack.data());
        arguments.stack_size = stack.size();
        arguments.cgroup = static_cast<std::uint64_t>(cgroup);
        const long pid = clone3(arguments, function, argument);
        if (pid < 0) {
            errno = static_cast<int>(-pid);
        }
        return static_cast<pid_t>(pid < 0 ? -1 : pid);
    }
    return ::clone(function, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | SIGCHLD,
                   argument);
}

} // namespace amphid
