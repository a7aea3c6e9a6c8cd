#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Services for service_wall.sh, all in one process, on all addresses:
#   service_server.py CERTIFICATE KEY KIND:PORT[-PORT]...
# Kinds: those of the table, and silent, wrapped (closes at once), echo, https.
import asyncio
import resource
import ssl
import sys

HTTP = (b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Type: text/html\r\n"
        b"Content-Length: 18\r\nConnection: close\r\n\r\n<html>hello</html>")
# kind: greeting, answer to anything, closes behind the answer
KINDS = {
    "http": (b"", HTTP, True),
    "https": (b"", HTTP, True),
    "ssh": (b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", b"Invalid SSH identification string.\r\n", True),
    "smtp": (b"220 mail.example.org ESMTP Postfix (Debian/GNU)\r\n", b"502 5.5.2 Error: command not recognized\r\n", False),
    "ftp": (b"220 (vsFTPd 3.0.3)\r\n", b"530 Please login with USER and PASS.\r\n", False),
    "pop3": (b"+OK Dovecot (Debian) ready.\r\n", b"-ERR Unknown command.\r\n", False),
    "imap": (b"* OK [CAPABILITY IMAP4rev1] Dovecot (Debian) ready.\r\n", b"BAD Error in IMAP command received by server.\r\n", False),
    "redis": (b"", b"-ERR unknown command\r\n", False),
    "odd": (b"", b"what?\r\n", False),
    "echo": (b"", None, False),
}


def server(kind):
    async def serve(reader, writer):
        try:
            if kind == "wrapped":
                return
            if kind == "silent":
                await reader.read()
                return
            greeting, answer, closes = KINDS[kind]
            writer.write(greeting)
            while True:
                data = await reader.read(65536)
                if not data:
                    return
                writer.write(data if answer is None else answer)
                if closes:
                    await writer.drain()
                    return
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
    return serve


async def main(certificate, key, what):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    for item in what:
        kind, ports = item.split(":")
        first, _, last = ports.partition("-")
        for port in range(int(first), int(last or first) + 1):
            await asyncio.start_server(server(kind), "0.0.0.0", port, backlog=4096,
                                       ssl=tls if kind == "https" else None)
    await asyncio.Event().wait()


most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
