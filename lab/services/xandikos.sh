# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(xandikos)
overlay=second
expect() { port 8049/tcp http Xandikos -; }
start() { exec xandikos -d $PWD/d --defaults -l 0.0.0.0 -p 8049; }
