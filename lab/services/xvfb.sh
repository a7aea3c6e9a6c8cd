# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(xvfb)
expect() { port 6001/tcp X11 X.Org "$(chroot "$LAB_ROOT" dpkg-query -f '${Version}' -W xvfb | sed 's/^2://; s/-.*//')"; port 6002/tcp X11 - -; }
start() { mkdir -p /tmp/.X11-unix; chmod 1777 /tmp /tmp/.X11-unix; : >auth; Xvfb :2 -listen tcp -auth "$PWD/auth" & exec Xvfb :1 -listen tcp -ac; }
