# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(git)
expect() { port 9418/tcp git 'git daemon' -; }
start() { exec git daemon --base-path="$PWD"; }
