# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(mercurial)
overlay=second
expect() { port 8038/tcp http 'Mercurial hg serve' -; }
start() { hg init r; exec hg -R r serve -p 8038 -a 0.0.0.0; }
