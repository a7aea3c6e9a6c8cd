# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(shellinabox)
expect() { port 4200/tcp http 'Shell In A Box' -; }
start() { exec shellinaboxd -t -p 4200 -u nobody -g nogroup; }
