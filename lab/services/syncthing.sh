# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(syncthing)
expect() { port 8384/tcp http Syncthing "$(vd syncthing | sed 's/~/-/; s/-[^-]*$//')"; }
start() { export HOME=$PWD; exec syncthing serve --no-browser --no-restart --home="$PWD/h" --gui-address=0.0.0.0:8384; }
