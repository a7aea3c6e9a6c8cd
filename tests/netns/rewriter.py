# SPDX-License-Identifier: Apache-2.0
"""A cable that disguises: frames go from one interface to the other and back, and the SYN-ACKs that
come from the second one look like those of Windows: window 65535, its options in its order, no
timestamps; whatever comes from there has TTL 128. rewriter.py NEAR FAR"""
import select
import socket
import struct
import sys


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def options(old):
    mss, shift, sack = 1460, None, False
    while old and old[0] != 0:
        if old[0] == 1:
            old = old[1:]
            continue
        kind, size = old[0], old[1]
        if kind == 2:
            mss = struct.unpack("!H", old[2:4])[0]
        shift = 8 if kind == 3 else shift
        sack = sack or kind == 4
        old = old[size:]
    new = struct.pack("!BBH", 2, 4, mss)
    new += b"\x01\x03\x03\x08" if shift is not None else b""
    return new + (b"\x01\x01\x04\x02" if sack else b"")


def with_ttl(frame):
    head = 14 + (frame[14] & 15) * 4
    ip = frame[14:22] + b"\x80" + frame[23:24] + b"\0\0" + frame[26:head]
    return frame[:14] + ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] + frame[head:]


def disguised(frame):
    if frame[12:14] != b"\x08\x00":
        return frame
    frame = with_ttl(frame)
    if frame[23] != socket.IPPROTO_TCP:
        return frame
    head = 14 + (frame[14] & 15) * 4
    length = struct.unpack("!H", frame[16:18])[0]
    tcp = frame[head:14 + length]
    if tcp[13] & 0x17 != 0x12:
        return frame
    more = options(tcp[20:(tcp[12] >> 4) * 4])
    tcp = tcp[:12] + bytes([(20 + len(more)) << 2]) + tcp[13:14] + b"\xff\xff\0\0" + tcp[18:20] + more
    ip = frame[14:16] + struct.pack("!H", head - 14 + len(tcp)) + frame[18:22] + b"\x80\x06\0\0" + frame[26:head]
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    pseudo = ip[12:20] + struct.pack("!BBH", 0, 6, len(tcp))
    tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
    return frame[:14] + ip + tcp


def opened(name):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
    s.bind((name, 0))
    return s


near, far = opened(sys.argv[1]), opened(sys.argv[2])
while True:
    for s in select.select([near, far], [], [])[0]:
        frame, address = s.recvfrom(65535)
        if address[2] == socket.PACKET_OUTGOING:
            continue
        if s is far:
            near.send(disguised(frame))
        else:
            far.send(frame)
