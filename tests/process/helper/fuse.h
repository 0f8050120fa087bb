// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// A file system whose one file can be opened and never closed: FLUSH is not answered.

#include <cstdint>
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <vector>

namespace amphid::test {

class SilentServer {
public:
    explicit SilentServer(int device) : device_(device) {}

    /// Answers until it is unmounted.
    int serve() {
        std::vector<char> request(1 << 16);
        while (::read(device_, request.data(), request.size()) > 0) {
            fuse_in_header header{};
            std::memcpy(&header, request.data(), sizeof header);
            take(header);
        }
        return 0;
    }

private:
    static fuse_attr attributes(std::uint64_t node) {
        fuse_attr out{};
        out.ino = node;
        out.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0666;
        out.nlink = 1;
        return out;
    }

    void take(const fuse_in_header& request) {
        switch (request.opcode) {
        case FUSE_INIT: {
            fuse_init_out out{};
            out.major = FUSE_KERNEL_VERSION;
            out.minor = 31;
            out.max_write = 4096;
            answer(request, 0, &out, sizeof out);
            return;
        }
        case FUSE_LOOKUP: {
            fuse_entry_out out{};
            out.nodeid = FUSE_ROOT_ID + 1;
            out.attr = attributes(out.nodeid);
            answer(request, 0, &out, sizeof out);
            return;
        }
        case FUSE_GETATTR: {
            fuse_attr_out out{};
            out.attr = attributes(request.nodeid);
            answer(request, 0, &out, sizeof out);
            return;
        }
        case FUSE_OPEN: {
            const fuse_open_out out{};
            answer(request, 0, &out, sizeof out);
            return;
        }
        case FUSE_FLUSH:
        case FUSE_FORGET:
        case FUSE_INTERRUPT:
            return;
        default:
            answer(request, -ENOSYS, nullptr, 0);
        }
    }

    void answer(const fuse_in_header& request, int error, const void* body,
                std::size_t size) const {
        fuse_out_header header{};
        header.len = static_cast<std::uint32_t>(sizeof header + size);
        header.error = error;
        header.unique = request.unique;
        std::vector<char> all(header.len);
        std::memcpy(all.data(), &header, sizeof header);
        if (size > 0)
            std::memcpy(all.data() + sizeof header, body, size);
        if (::write(device_, all.data(), all.size()) < 0)
            ::_exit(97);
    }

    int device_;
};

/// Mounts it at `place` and serves it. 77 where that cannot be done here.
inline int serve_silent_files(const std::string& place) {
    const int device = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
    const std::string options =
        "fd=" + std::to_string(device) + ",rootmode=40000,user_id=0,group_id=0,allow_other";
    if (device < 0 ||
        ::mount("silent", place.c_str(), "fuse", MS_NOSUID | MS_NODEV, options.c_str()) < 0)
        return 77;
    return SilentServer(device).serve();
}

} // namespace amphid::test
