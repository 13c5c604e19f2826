"""A file system in user space: one file, read only, in a folder. The kernel's protocol by hand (linux/fuse.h), as little as it takes."""
import contextlib
import ctypes
import errno
import os
import struct
import threading

import pytest

LOOKUP, FORGET, GETATTR, OPEN, READ, STATFS, RELEASE, FLUSH, INIT, ACCESS, DESTROY, BATCH_FORGET = 1, 2, 3, 14, 15, 17, 18, 25, 26, 34, 38, 42
ROOT, FILE = 1, 2
HEADER = struct.Struct("<IIQQIIII")


def attributes(node, size):
    mode, links = (0o40755, 2) if node == ROOT else (0o100644, 1)
    return struct.pack("<QQQQQQIIIIIIIIII", node, size, (size + 511) // 512, 0, 0, 0, 0, 0, 0, mode, links, 0, 0, 0, 4096, 0)


def answer(code, node, body, name, data):
    """The bytes of it, or the number of an error."""
    size = len(data)
    if code == INIT:
        return struct.pack("<IIIIHHI", 7, 19, 65536, 0, 12, 10, 65536)
    if code == LOOKUP:
        found = body.rstrip(b"\0").decode() == name
        return struct.pack("<QQQQII", FILE, 0, 1, 1, 0, 0) + attributes(FILE, size) if found else errno.ENOENT
    if code == GETATTR:
        return struct.pack("<QII", 1, 0, 0) + attributes(node, size)
    if code == OPEN:
        return struct.pack("<QII", 7, 0, 0)
    if code == READ:
        _, offset, length = struct.unpack_from("<QQI", body)
        return data[offset:offset + length]
    if code == STATFS:
        return struct.pack("<QQQQQIIII24x", 10 ** 7, 10 ** 7, 10 ** 7, 9, 9, 4096, 255, 4096, 0)
    return b"" if code in (RELEASE, FLUSH, ACCESS) else errno.ENOSYS


def serve(device, name, data, hangs):
    while True:
        try:
            request = os.read(device, 1 << 17)
        except OSError:
            return  # it was unmounted
        size, code, unique, node, *_ = HEADER.unpack_from(request)
        if code in (FORGET, BATCH_FORGET):
            continue
        result = answer(code, node, request[HEADER.size:size], name, data)
        error, body = (result, b"") if isinstance(result, int) else (0, result)
        with contextlib.suppress(OSError):
            os.write(device, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)
        if hangs:
            return  # who waits for an answer to what nobody has taken can still be killed


@contextlib.contextmanager
def mounted(folder, name, data, hangs=False):
    """`folder` has a file system of the kind FUSE with that file in it; `hangs`: and whoever looks for it waits until it is unmounted."""
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        device = os.open("/dev/fuse", os.O_RDWR)
    except OSError:
        pytest.skip("needs /dev/fuse")
    folder.mkdir()
    options = f"fd={device},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()},allow_other".encode()
    if libc.mount(b"owctl", os.fsencode(folder), b"fuse", 6, options):  # without set-user-ID and devices
        os.close(device)
        pytest.skip("needs the right to mount a file system")
    threading.Thread(target=serve, args=(device, name, data, hangs), daemon=True).start()
    try:
        yield folder
    finally:
        libc.umount2(os.fsencode(folder), 2)
        os.close(device)
