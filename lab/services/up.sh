#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     up.sh NAME...     starts these daemons (all without names) and leaves them running
#     up.sh --install NAME...   installs their packages first
#     up.sh --down      stops all
#     up.sh --expect NAME...    prints what they should be named as: daemon, port, service, product, version

set -uo pipefail
. "$(dirname "$0")/lib.sh"

install=no
case ${1:-} in
--install) install=yes; shift ;;
--down) lab_down; exit ;;
esac
only=no
[ "${1:-}" != --expect ] || { only=yes; shift; }
[ $# -gt 0 ] || set -- $(cd "$HERE" && grep -l '^packages=' ./*.sh | sed 's|./||; s|\.sh$||')

[ "$only" = yes ] || ip netns pids "$NS-srv" >/dev/null 2>&1 || lab_up
for daemon; do
    recipe "$daemon"
    [ "$install" = no ] || { tree_make; recipe_install >/dev/null; }
    [ "$only" = yes ] || recipe_start "$daemon"
    [ "$only" = no ] || { [ "$overlay" = no ] || overlay_mount "$overlay"; expect; }
done
