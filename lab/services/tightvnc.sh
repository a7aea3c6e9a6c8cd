# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(tightvncserver xfonts-base)
overlay=second
expect() { port 5906/tcp vnc 'TightVNC|VNC' -; }
start() { mkdir -p .vnc; echo secret | tightvncpasswd -f >pw; exec Xtightvnc -fp /usr/share/fonts/X11/misc :6 -rfbauth pw -rfbport 5906 -geometry 640x480 -depth 16; }
