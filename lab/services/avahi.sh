# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(avahi-daemon)
expect() { port 5353/udp mdns - -; }
start() { printf "[server]\nenable-dbus=no\nallow-interfaces=$DEV\n" >a.conf; mkdir -p /run/avahi-daemon; exec avahi-daemon -f "$PWD/a.conf" --no-rlimits --no-drop-root --no-chroot; }
