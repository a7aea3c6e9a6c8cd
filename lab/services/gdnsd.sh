# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(gdnsd)
expect() { port 5308/udp domain gdnsd -; }
start() { mkdir -p c/zones run st; printf 'options => { listen => "0.0.0.0:5308", run_dir => "/lab/gdnsd/run", state_dir => "/lab/gdnsd/st", username => root }\n' >c/config; exec gdnsd -c "$PWD/c" start; }
