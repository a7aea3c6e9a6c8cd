# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(apt-cacher-ng)
overlay=second
expect() { port 3142/tcp http 'Apt-Cacher NG' "$(vd apt-cacher-ng | sed 's/-[^-]*$//')"; }
start() { mkdir -p /run/apt-cacher-ng; exec apt-cacher-ng -c /etc/apt-cacher-ng ForeGround=1; }
