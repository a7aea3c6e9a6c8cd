# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(cvs)
expect() { port 2401/tcp cvspserver 'CVS pserver' -; }
start() { cvs -d "$PWD/r" init; exec python3 /lab/inetd.py 2401 /usr/bin/cvs -f --allow-root="$PWD/r" pserver; }
