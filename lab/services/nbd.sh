# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(nbd-server)
expect() { port 10809/tcp nbd 'NBD server' -; }
start() { truncate -s 1M f; printf '[generic]\nallowlist=true\n[e]\nexportname=/lab/nbd/f\n' >n.conf; nbd-server -C n.conf; }
