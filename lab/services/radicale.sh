# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(radicale)
expect() { port 5232/tcp http Radicale -; }
start() { exec radicale --server-hosts 0.0.0.0:5232 --storage-filesystem-folder "$PWD" --auth-type none; }
