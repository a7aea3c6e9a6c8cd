# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Entries of databases out of measured files; sourced by os-db.sh and os6-db.sh, which set HERE.

# entry DIR TITLE CLASSES PATTERN...: one entry of the files that match, nothing if there are none.
# CLASSES: "vendor | family | generation | type=CPE", several separated by a line break
entry() {
    local dir=$1 title=$2 classes=$3 class head='' files=() pattern file
    shift 3
    for pattern in "$@"; do
        for file in "$dir"/$pattern; do
            [ ! -s "$file" ] || files+=("$file")
        done
    done
    [ ${#files[@]} -gt 0 ] || { echo "no measurement for: $title" >&2; return; }
    while read -r class; do
        head+="Class ${class%=*}"$'\n'
        [ -z "${class##*=}" ] || head+="CPE ${class##*=}"$'\n'
    done <<<"$classes"
    "$HERE/measure.sh" merge "$title" "${head%$'\n'}" "${files[@]}"
}

# linux GENERATION...: the classes of an entry for Linux
linux() {
    local generation
    for generation in "$@"; do
        echo "Linux | Linux | $generation.X | general purpose=cpe:/o:linux:linux_kernel:$generation"
    done
}
