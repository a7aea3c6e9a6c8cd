# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(usbip)
overlay=second
expect() { port 3240/tcp usbip usbipd -; }
start() { exec usbipd; }
