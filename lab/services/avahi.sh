# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(avahi-daemon)
expect() { port 5353/udp mdns - -; }
start() { exec avahi-daemon --no-rlimits --no-drop-root --no-chroot; }
