# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(tigervnc-standalone-server x11vnc)
expect() { port 5903/tcp vnc VNC -; }
start() { mkdir -p /tmp/.X11-unix; chmod 1777 /tmp; printf 'abcdefgh' >pw; sleep 3; (sleep 1; :); x11vnc -display :1 -noauth -rfbport 5904 -forever -shared -nopw & exec Xtigervnc :3 -rfbport 5903 -PasswordFile "$PWD/pw" -localhost 0; }
