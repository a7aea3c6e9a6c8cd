# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The Virtual PC Simulator that stands for end hosts in Dynamips and GNS3 networks, on a TAP device.
#
# It accepts connections on every port, so there is no closed one.
#
# VPCS  the program (default: vpcs)
# Debian packages: vpcs

stack_up() {
    stack_needs "${VPCS:-vpcs}" vpcs || return
    # shellcheck disable=SC2034 # for the caller
    CLOSED=
    stack_tap
    printf 'ip %s/24\n' "$TARGET" >"$LAB_DIR/startup.vpc"
    lab_spawn "$WIRE" socat /dev/null,ignoreeof \
        EXEC:"${VPCS:-vpcs} -i 1 -e -d $TAP -r $LAB_DIR/startup.vpc",pty,setsid,ctty
    lab_until 10 lab_in scanner ping -c 1 -W 1 "$TARGET"
}
