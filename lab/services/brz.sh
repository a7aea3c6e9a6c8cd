# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(brz)
overlay=second
expect() { port 4155/tcp bzr 'Bazaar or Breezy smart server' -; }
start() { brz init r; exec brz serve --port=4155 --directory=$PWD/r; }
