# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(x11vnc xvfb)
overlay=second
expect() { port 5905/tcp vnc VNC -; }
start() { Xvfb :7 & sleep 2; exec x11vnc -display :7 -forever -rfbport 5905 -nopw -shared; }
