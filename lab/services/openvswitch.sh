# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(openvswitch-switch)
expect() { port 6640/tcp ovsdb 'Open vSwitch DB' -; }
start() { ovsdb-tool create db /usr/share/openvswitch/vswitch.ovsschema; mkdir -p /run/openvswitch; exec ovsdb-server --remote=ptcp:6640 db; }
