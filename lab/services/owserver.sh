# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(owserver owhttpd)
overlay=second
expect() { port 4304/tcp owserver owserver -; port 2126/tcp http owhttpd -; }
start() { (owserver --foreground --fake=DS18S20 -p 0.0.0.0:4304 &) ; sleep 1; exec owhttpd --foreground -s 127.0.0.1:4304 -p 0.0.0.0:2126; }
