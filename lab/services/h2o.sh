# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(h2o)
expect() { port 8021/tcp http 'h2o httpd' "$(vd h2o | sed 's/+.*//')"; }
start() { printf 'listen: 8021\nuser: nobody\nhosts:\n  default:\n    paths:\n      /:\n        file.dir: /srv\n' >h.conf; exec h2o -c h.conf; }
