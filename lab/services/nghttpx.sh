# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(nghttp2-proxy)
overlay=second
expect() { port 8040/tcp http 'nghttpx' -; }
start() { exec nghttpx -f'0.0.0.0,8040;no-tls' -b127.0.0.1,80 --conf=/dev/null; }
