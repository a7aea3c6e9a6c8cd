# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(fossil)
overlay=second
expect() { port 8043/tcp http Fossil -; }
start() { fossil init r.fossil -A root; exec fossil server --port 8043 r.fossil; }
