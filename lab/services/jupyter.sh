# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(jupyter-server)
overlay=second
expect() { port 8890/tcp http 'Tornado httpd' 6.2; }
start() { export HOME=$PWD; exec jupyter-server --allow-root --no-browser --ip=0.0.0.0 --port=8890; }
