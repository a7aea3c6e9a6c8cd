#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Withholds the answer to the UDP probe of an OS detection over IPv6 until its N-th transmission is
# given up, and stops the scanner then, so that other probes expire at one moment.
# late_answer.py N MILLISECONDS PIDFILE: answers so long after the N-th transmission, then stops
# the process whose number stands in the file for 0.4 s. The kernel's own answers must be dropped
# but for those that bear mark 7. Prints "ready", and "answered" when it did.
import os
import signal
import socket
import struct
import sys
import time

HEADER = 40
UDP = 17
PROBE = 8 + 300
ALL = 3  # ETH_P_ALL
SO_MARK = 36


def wait_for(n):
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ALL)) as wire:
        print("ready", flush=True)
        while True:
            packet, origin = wire.recvfrom(2048)
            is_in = origin[2] != socket.PACKET_OUTGOING
            if is_in and packet[:1] == b"\x60" and packet[6] == UDP and len(packet) == HEADER + PROBE:
                n -= 1
            if n == 0:
                return packet


def main():
    n, delay_ms, pidfile = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    probe = wait_for(n)
    time.sleep(delay_ms / 1000)
    scanner = socket.inet_ntop(socket.AF_INET6, probe[8:24])
    unreachable = struct.pack("!BBHI", 1, 4, 0, 0) + probe  # the kernel adds the checksum
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as out:
        out.setsockopt(socket.SOL_SOCKET, SO_MARK, 7)
        out.sendto(unreachable, (scanner, 0))
    time.sleep(0.015)
    with open(pidfile, encoding="ascii") as f:
        pid = int(f.read())
    os.kill(pid, signal.SIGSTOP)
    time.sleep(0.4)
    os.kill(pid, signal.SIGCONT)
    print("answered", flush=True)


main()
