# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(tgt)
overlay=second
expect() { port 3260/tcp iscsi 'Linux tgt' -; }
start() { exec tgtd -f; }
