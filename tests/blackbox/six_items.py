#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# The last IPv6 fingerprint in normal output, on standard input, as one line for each item, without
# what differs from scan to scan: ports, sequence numbers, checksums, flow labels but for our own,
# timestamp values, and the times.
import re
import struct
import sys

TCP, ICMP6 = 6, 58
OUR_FLOW = 0x12345


def packet_of(text):
    text = re.sub(r"([0-9a-fX]{2})\{(\d+)\}", lambda m: m[1] * int(m[2]), text)
    return bytes.fromhex(text.replace("XX", "00"))


def options_of(raw):
    out = []
    while raw:
        kind = raw[0]
        if kind in (0, 1):
            out.append("LN"[kind])
            raw = raw[1:] if kind else b""
            continue
        size = max(raw[1], 2) if len(raw) > 1 else len(raw)
        value = raw[2:size].hex() if kind != 8 else "+" if any(raw[2:6]) else "0"
        out.append(f"{kind}:{value}")
        raw = raw[size:]
    return ",".join(out) or "-"


def tcp_of(b):
    flags, window = struct.unpack("!HH", b[12:16])
    return f"flags={flags & 0xFFF:x} ack={'yes' if any(b[8:12]) else 'no'} window={window} " \
        f"options={options_of(b[20:(b[12] >> 4) * 4])}"


def icmp_of(b):
    detail = struct.unpack("!I", b[4:8])[0]
    shown = f"{detail:x}" if b[0] != 129 else f"{b[4:8].hex()}"
    return f"type={b[0]} code={b[1]} detail={shown} body={len(b) - 8}"


def line_of(name, packet):
    head, plen, proto, hops = struct.unpack("!IHBB", packet[:8])
    flow = head & 0xFFFFF
    body = packet[40:]
    what = tcp_of(body) if proto == TCP else icmp_of(body) if proto == ICMP6 else body.hex()
    seen = "ours" if flow == OUR_FLOW else "0" if flow == 0 else "other"
    return f"{name} class={head >> 20 & 255:x} flow={seen} plen={plen} hops={hops} next={proto} {what}"


def main():
    blocks = re.split(r"^TCP/IP fingerprint:$", sys.stdin.read(), flags=re.M)
    lines = [s.strip() for s in blocks[-1].splitlines()] if len(blocks) > 1 else []
    text = "".join(s[3:] if s.startswith("OS:") else s for s in lines[1:] if s.startswith("OS:")
                   or re.match(r"[A-Z]+[0-9]?\(", s))
    for name, packet in re.findall(r"([A-Z]+[0-9]?)\(P=([0-9a-fX{}]+)%", text):
        print(line_of(name, packet_of(packet)))


main()
