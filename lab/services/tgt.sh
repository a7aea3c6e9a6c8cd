# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(tgt)
overlay=second
expect() { port 3260/tcp iscsi - -; }
start() { tgtd -f & sleep 2; truncate -s 1M f; tgtadm --lld iscsi --op new --mode target --tid 1 -T iqn.2026-11.example:t; tgtadm --lld iscsi --op new --mode logicalunit --tid 1 --lun 1 -b $PWD/f; tgtadm --lld iscsi --op bind --mode target --tid 1 -I ALL; wait; }
