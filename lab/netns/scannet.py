#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scannet.py HOST READY: the services of a host of scannet.sh; makes the file READY when they listen."""
import socket
import struct
import sys
import threading
import time

NAMES = {
    "alpha.lab.example": ["10.77.0.10", "fd77::10"],
    "bravo.lab.example": ["10.77.0.20"],
    "delta.lab.example": ["10.79.0.10"],
    "multi.lab.example": ["10.77.0.10", "10.77.0.20", "fd77::10", "fd77::20"],
}
POINTERS = {
    "10.77.0.10": "alpha.lab.example",
    "10.77.0.20": "bravo.lab.example",
    "10.77.0.254": "r1.lab.example",
    "10.78.0.2": "r2.lab.example",
    "10.79.0.10": "delta.lab.example",
    "fd77::10": "alpha.lab.example",
}
DNS_A, DNS_PTR, DNS_AAAA = 1, 12, 28
CHUNK_INIT, CHUNK_INIT_ACK, CHUNK_ABORT = 1, 2, 6


def background(work, *args):
    threading.Thread(target=work, args=args, daemon=True).start()


def bound(family, kind, port):
    s = socket.socket(family, kind)
    if family == socket.AF_INET6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if kind == socket.SOCK_STREAM:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", port))
    return s


def converse(connection, talk):
    try:
        connection.settimeout(20)
        talk(connection)
    except OSError:
        pass
    finally:
        connection.close()


def tcp(port, talk):
    def accept(s):
        while True:
            background(converse, s.accept()[0], talk)

    for family in socket.AF_INET, socket.AF_INET6:
        s = bound(family, socket.SOCK_STREAM, port)
        s.listen(128)
        background(accept, s)


def udp(port, answer):
    def serve(s):
        while True:
            data, peer = s.recvfrom(4096)
            reply = answer(data)
            if reply:
                s.sendto(reply, peer)

    for family in socket.AF_INET, socket.AF_INET6:
        background(serve, bound(family, socket.SOCK_DGRAM, port))


def ssh(c):
    c.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")
    c.recv(1024)


def http(c):
    request = c.recv(4096)
    status, body = "400 Bad Request", b""
    if request[:4] in (b"GET ", b"HEAD", b"OPTI", b"POST"):
        status = "200 OK"
        body = b"<html><head><title>lab</title></head><body>ok</body></html>\n"
    head = f"HTTP/1.1 {status}\r\nServer: nginx/1.22.1\r\nContent-Type: text/html\r\n"
    if body:
        head += f"Content-Length: {len(body)}\r\n"
    if request:
        c.sendall(head.encode() + b"Connection: close\r\n\r\n" + body)


def silent(c):
    c.recv(1)
    time.sleep(15)


def nothing(_):
    return None


def packed(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.inet_pton(family, address)


def dns_name(name):
    labels = [label for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def pointed(name):
    labels = name.split(".")
    if name.endswith(".in-addr.arpa"):
        return ".".join(reversed(labels[:4]))
    digits = "".join(reversed(labels[:32]))
    if name.endswith(".ip6.arpa") and len(digits) == 32:
        return socket.inet_ntop(socket.AF_INET6, bytes.fromhex(digits))
    return ""


def dns_data(name, kind):
    if kind == DNS_PTR:
        return [dns_name(POINTERS[a]) for a in [pointed(name)] if a in POINTERS]
    size = {DNS_A: 4, DNS_AAAA: 16}.get(kind)
    return [data for data in map(packed, NAMES.get(name, [])) if len(data) == size]


def dns(query):
    if len(query) < 17:
        return None
    if query[4:6] != b"\0\1":
        return query[:2] + b"\x81\x84" + b"\0" * 8
    at, labels = 12, []
    while at < len(query) and query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("latin1"))
        at += query[at] + 1
    if at + 5 > len(query):
        return None
    kind = struct.unpack(">H", query[at + 1 : at + 3])[0]
    name = ".".join(labels).lower()
    data = dns_data(name, kind)
    flags = 0x8580 | (0 if data or name in NAMES else 3)
    reply = query[:2] + struct.pack(">HHHHH", flags, 1, len(data), 0, 0) + query[12 : at + 5]
    for d in data:
        reply += b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(d)) + d
    return reply


def ntp(query):
    if len(query) < 48:
        return None
    stamp = b"\xe0" + b"\0" * 7
    return b"\x24\x01\x00\xe9" + b"\0" * 8 + b"LOCL" + b"\0" * 8 + query[40:48] + 2 * stamp


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def sctp_answer(packet, port):
    source, dest, tag, _ = struct.unpack(">HHII", packet[:12])
    chunk = bytes([CHUNK_ABORT, 1, 0, 4])
    if packet[12] == CHUNK_INIT and len(packet) >= 32:
        tag = struct.unpack(">I", packet[16:20])[0]
        chunk = bytes([CHUNK_ABORT, 0, 0, 4])
        if dest == port:
            body = struct.pack(">IIHHI", 0x11223344, 32768, 10, 10, 1)
            body += b"\0\7\0\x10" + b"cookiecookie"
            chunk = bytes([CHUNK_INIT_ACK, 0]) + struct.pack(">H", 4 + len(body)) + body
    head = struct.pack(">HHI", dest, source, tag)
    sum_ = struct.pack("<I", crc32c(head + b"\0" * 4 + chunk))
    return head + sum_ + chunk


def sctp(port):
    """An association is only answered, never made; the kernel's own SCTP is not loaded."""
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_SCTP)

    def serve():
        while True:
            packet, peer = s.recvfrom(4096)
            packet = packet[(packet[0] & 15) * 4 :]
            if len(packet) >= 16 and packet[12] != CHUNK_ABORT:
                s.sendto(sctp_answer(packet, port), (peer[0], 0))

    background(serve)


def main():
    host, ready = sys.argv[1:]
    if host in "abd":
        tcp(22, ssh)
        udp(53, dns)
    if host in "adl":
        tcp(80, http)
    if host == "a":
        tcp(8080, http)
        tcp(9999, silent)
        tcp(2323, nothing)
        udp(123, ntp)
        udp(161, nothing)
        udp(514, nothing)
        sctp(36412)
    open(ready, "w").close()
    while True:
        time.sleep(3600)


main()
