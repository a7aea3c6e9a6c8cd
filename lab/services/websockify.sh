# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(websockify)
expect() { port 6080/tcp http WebSockify -; }
start() { exec websockify 6080 127.0.0.1:5903; }
