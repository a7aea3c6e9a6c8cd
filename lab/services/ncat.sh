# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(ncat)
overlay=second
expect() { port 3130/tcp http-proxy 'Ncat http proxy' -; }
start() { exec ncat -l -k --proxy-type http 3130; }
