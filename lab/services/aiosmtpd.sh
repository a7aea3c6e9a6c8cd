# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(python3-aiosmtpd)
expect() { port 8025/tcp smtp 'Python aiosmtpd' "$(v python3-aiosmtpd)"; }
start() { exec python3 -m aiosmtpd -n -l 0.0.0.0:8025; }
