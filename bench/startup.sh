#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What the databases cost at start: the same command with the cache of compiled blocks, without a
# cache that can be used (its naive twin), and the program alone. Best of N runs each; nothing is
# sent. Installed databases are used when there are any. startup.sh WHORL [RUNS]
set -euo pipefail
whorl=$(realpath "$1")
runs=${2:-20}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

best() { # CACHE COMMAND...: microseconds
    local i from to least=999000000
    export XDG_CACHE_HOME=$1
    shift
    for ((i = 0; i < runs; i++)); do
        from=$(date +%s%N)
        "$@" </dev/null >/dev/null 2>&1 || true
        to=$((($(date +%s%N) - from) / 1000))
        [ "$to" -lt "$least" ] && least=$to
    done
    echo "$least"
}

alone=$(best "$dir" "$whorl" -V)
from=$(date +%s%N)
XDG_CACHE_HOME=$dir "$whorl" identify </dev/null >/dev/null 2>&1 || true
first=$((($(date +%s%N) - from) / 1000))
cached=$(best "$dir" "$whorl" identify)
without=$(best /dev/null "$whorl" identify)
awk -v a="$alone" -v f="$first" -v c="$cached" -v w="$without" 'BEGIN {
    printf "start of `whorl identify`, OS and service databases:\n"
    printf "  program alone  %7.1f ms\n  cached         %7.1f ms\n", a / 1000, c / 1000
    printf "  first time     %7.1f ms\n  no cache       %7.1f ms   %.1f times the cached\n", f / 1000, w / 1000, w / c
}'
