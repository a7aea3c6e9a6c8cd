#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ask.py DB EXPECT ANSWERS [DAEMON...]: sends every probe of DB to every port that EXPECT (of "up.sh
--expect") lists, and keeps what comes back in ANSWERS (JSON). To be run in the client's namespace."""
import asyncio
import base64
import json
import ssl
import sys

import probes as db

SERVER = "10.93.0.2"
QUIET, SILENT, NULL_WAIT = 1.0, 5.0, 6.0


def tls_context():
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname = False
    c.verify_mode = ssl.CERT_NONE
    c.set_ciphers("ALL:@SECLEVEL=0")
    return c


async def collect(reader, first):
    data, wait = b"", first
    while len(data) < 65536:
        try:
            part = await asyncio.wait_for(reader.read(65536), wait)
        except (asyncio.TimeoutError, OSError, ssl.SSLError):
            break
        if not part:
            break
        data += part
        wait = QUIET
    return data


async def ask_tcp(port, payload, tls):
    try:
        reader, writer = await asyncio.wait_for(
            asyncio.open_connection(SERVER, port, ssl=tls_context() if tls else None), 8)
    except (OSError, ssl.SSLError, asyncio.TimeoutError):
        return None
    try:
        if payload:
            writer.write(payload)
        return await collect(reader, SILENT if payload else NULL_WAIT)
    finally:
        writer.close()


class Datagram(asyncio.DatagramProtocol):
    def __init__(self):
        self.answer = asyncio.get_running_loop().create_future()

    def datagram_received(self, data, addr):
        if not self.answer.done():
            self.answer.set_result(data)

    def error_received(self, exc):
        if not self.answer.done():
            self.answer.set_result(b"")


async def ask_udp(port, payload):
    loop = asyncio.get_running_loop()
    transport, proto = await loop.create_datagram_endpoint(Datagram, local_addr=("0.0.0.0", 0))
    try:
        transport.sendto(payload, (SERVER, port))  # TFTP answers from another port
        return await asyncio.wait_for(proto.answer, SILENT)
    except asyncio.TimeoutError:
        return b""
    finally:
        transport.close()


async def one(gate, out, probe, port, proto, tls):
    async with gate:
        if proto == "udp":
            data = await ask_udp(port, probe.payload)
        else:
            data = await ask_tcp(port, probe.payload, tls)
    if data:
        out[probe.name] = base64.b64encode(data).decode()


async def target(all_probes, answers, daemon, where, service):
    port, proto = where.split("/")
    gate = asyncio.Semaphore(3)
    jobs = []
    for tls in (False, True) if service.startswith("ssl/") else (False,):
        key = "%s %s%s" % (daemon, where, " tls" if tls else "")
        out = answers[key] = {}
        jobs += [one(gate, out, p, int(port), proto, tls) for p in all_probes if p.proto == proto]
    await asyncio.gather(*jobs)
    print(daemon, where, "answers:", sum(len(answers[k]) for k in answers if k.startswith(daemon + " " + where)),
          flush=True)


async def main():
    path, expect, store = sys.argv[1:4]
    only = set(sys.argv[4:])
    all_probes, bad = db.load(path)
    try:
        answers = json.load(open(store))
    except FileNotFoundError:
        answers = {}
    jobs = []
    for line in open(expect):
        daemon, where, service = line.rstrip("\n").split("\t")[:3]
        if not only or daemon in only:
            jobs.append(target(all_probes, answers, daemon, where, service))
    await asyncio.gather(*jobs)
    json.dump(answers, open(store, "w"), indent=0, sort_keys=True)


asyncio.run(main())
