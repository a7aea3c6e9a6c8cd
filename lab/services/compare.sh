#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     compare.sh [-v] OUT [NAME...]    the running lab (up.sh) as nmap and whorl name it, port by port
#
# Three scans of the same ports: nmap (kept when OUT/nmap.xml is there), whorl with what is installed, whorl
# with its own file alone. XML and seconds stay in OUT. WHORL is the program (build/whorl).

set -uo pipefail
. "$(dirname "$0")/lib.sh"

loud=
[ "${1:-}" != -v ] || { loud=-v; shift; }
out=$1
shift
WHORL=${WHORL:-$HERE/../../build/whorl}
mkdir -p "$out"
"$HERE/up.sh" --expect "$@" >"$out/expect.tsv"

ports() { awk -F'\t' -v p="/$1" 'index($2, p) { sub(p, "", $2); print $2 }' "$out/expect.tsv" | sort -un | paste -sd,; }
list="T:$(ports tcp),U:$(ports udp)"

# scan NAME COMMAND...
scan() {
    local name=$1 begin=${EPOCHREALTIME/./}
    shift
    ip netns exec "$NS-cli" "$@" -n -Pn -sS -sU -sV -p "$list" -oX "$out/$name.xml" "$SERVER" \
        >"$out/$name.txt" 2>&1
    echo $(((${EPOCHREALTIME/./} - begin) / 100000)) | sed -E 's/(.)$/.\1/; s/^\./0./' >"$out/$name.seconds"
}

scan whorl "$WHORL"
scan own "$WHORL" --versiondb "$HERE/../../data/services.db"
[ -s "$out/nmap.xml" ] || ! command -v nmap >/dev/null || scan nmap nmap
found=()
for name in nmap whorl own; do
    [ ! -s "$out/$name.xml" ] || found+=("$name=$out/$name.xml")
done
python3 "$HERE/compare.py" $loud "$out/expect.tsv" "${found[@]}"
for name in nmap whorl own; do
    [ ! -s "$out/$name.seconds" ] || echo "$name: $(cat "$out/$name.seconds") s"
done
