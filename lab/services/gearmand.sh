# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(gearman-job-server)
expect() { port 4730/tcp gearman gearmand "$(vd gearman-job-server | sed 's/-[^-]*$//')"; }
start() { exec gearmand -L 0.0.0.0 --log-file=stderr; }
