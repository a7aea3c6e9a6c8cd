# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(gearman-job-server)
expect() { port 4730/tcp gearman gearmand "$(v gearman-job-server)"; }
start() { exec gearmand -L 0.0.0.0 --log-file=stderr; }
