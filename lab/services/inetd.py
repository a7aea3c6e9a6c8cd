#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""inetd.py [-u] PORT COMMAND ARG...: one COMMAND per connection, with the socket as its standard input,
output and error; -u: one COMMAND that gets the bound UDP socket, as inetd's "wait" services do."""
import signal
import socket
import subprocess
import sys

udp = sys.argv[1] == "-u"
args = sys.argv[2 if udp else 1:]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("0.0.0.0", int(args[0])))
if udp:
    import select
    while True:
        select.select([s], [], [])
        subprocess.run(args[1:], stdin=s, stdout=s)
s.listen(50)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    c, _ = s.accept()
    subprocess.Popen(args[1:], stdin=c, stdout=c, stderr=c)
    c.close()
