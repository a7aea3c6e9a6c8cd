#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Services that mean harm, for test_services.sh: hostile_server.py CERTIFICATE KEY
# Tells which port is what, one "PORT NAME" a line, then "ready". Ends by a signal.
import asyncio
import resource
import ssl
import struct
import socket
import sys

SSH = b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"
HTTP = b"HTTP/1.1 200 OK\r\nServer: Some\x1b]0;owned\x07thing/1.\x00\xff\r\nContent-Length: 5\r\n\r\nhello"
GARBAGE = bytes(range(256)) + b"\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80\xe2\x80\xae\xff\xfe\xc2"
TITLE = b"220 \x1b[2J\x1b]0;owned\x07\x9b31m\r\n"


def reset(writer):
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def say(text, reader, writer):
    writer.write(text)
    while await reader.read(65536):
        pass


async def answer(text, reader, writer):
    while await reader.read(65536):
        writer.write(text)


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)


async def flood(text, reader, writer):
    while True:
        writer.write(text * 1000)
        await writer.drain()


async def drip(text, pause, reader, writer):
    for byte in text * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(pause)


async def cut(text, n, reader, writer):
    """A reset behind the first n bytes of an answer."""
    await reader.read(65536)
    writer.write(text[:n])
    await writer.drain()
    await asyncio.sleep(0.02)
    reset(writer)


async def tls(n, ends, reader, writer):
    """The first n bytes of what a TLS server says, then silence or a reset."""
    arriving, leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = CONTEXT.wrap_bio(arriving, leaving, server_side=True)
    said = 0
    while data := await reader.read(65536):
        arriving.write(data)
        try:
            server.do_handshake()
            server.read(65536)
        except ssl.SSLError:
            pass
        text = leaving.read()
        writer.write(text[:max(0, n - said)])
        said += len(text)
        await writer.drain()
        if said >= n and ends:
            await asyncio.sleep(0.02)
            reset(writer)
            return


KINDS = {
    "ssh": lambda r, w: say(SSH, r, w),
    "endless": lambda r, w: flood(b"x", r, w),
    "endless-lines": lambda r, w: flood(b"220-x\r\n", r, w),
    "drip": lambda r, w: drip(SSH, 1, r, w),
    "drip-http": lambda r, w: drip(b"HTTP/1.1 200 OK\r\nX: y\r\n", 1, r, w),
    "megabyte": lambda r, w: say(b"220 " + b"A" * (1 << 20), r, w),
    "megabyte-http": lambda r, w: answer(HTTP + b"A" * (1 << 20), r, w),
    "controls": lambda r, w: say(TITLE, r, w),
    "controls-http": lambda r, w: answer(HTTP, r, w),
    "garbage": lambda r, w: say(GARBAGE, r, w),
    "garbage-answer": lambda r, w: answer(GARBAGE, r, w),
    "echo": echo,
    "slam": lambda r, w: cut(b"", 0, r, w),
    "tls-record": lambda r, w: answer(b"\x16\x03\x03\x3f\xff\x02", r, w),
}
for at in (1, 9, 16, 17, 40, 60):
    KINDS[f"cut-{at}"] = lambda r, w, at=at: cut(HTTP, at, r, w)
for at in (0, 1, 5, 60, 127, 133, 200, 700, 1100, 1400):
    KINDS[f"tls-stall-{at}"] = lambda r, w, at=at: tls(at, False, r, w)
    KINDS[f"tls-reset-{at}"] = lambda r, w, at=at: tls(at, True, r, w)


def guarded(serve):
    async def run(reader, writer):
        try:
            await serve(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
    return run


async def main():
    for i, (name, serve) in enumerate(KINDS.items()):
        await asyncio.start_server(guarded(serve), "0.0.0.0", 35001 + i, backlog=1024)
        print(35001 + i, name)
    print("ready", flush=True)
    await asyncio.Event().wait()


CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
CONTEXT.load_cert_chain(sys.argv[1], sys.argv[2])
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
asyncio.run(main())
