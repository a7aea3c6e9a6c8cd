# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(mosquitto)
expect() { port 1883/tcp mqtt Mosquitto "$(v mosquitto)"; port 1884/tcp mqtt - -; }
start() {
    printf 'listener 1883\nallow_anonymous true\n' >m.conf
    printf 'listener 1884\nallow_anonymous false\n' >m2.conf
    mosquitto -c m2.conf &
    exec mosquitto -c m.conf
}
