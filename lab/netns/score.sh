#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How many hosts of a key (tunhosts --key) have their reference among the perfect matches of an XML
# report: "TRUE of ALL, PERFECT with perfect matches". score.sh KEY XML [missed]: lists the others.
set -eu
awk -v list="${3:-}" '
BEGIN { FS = "\t" }
FNR == NR { name[$1] = $3; n++; next }
/<address addr="/ { match($0, /addr="[0-9.]+"/); a = substr($0, RSTART + 6, RLENGTH - 7) }
/<osmatch / && /accuracy="100"/ {
    match($0, /name="[^"]*"/)
    m = substr($0, RSTART + 6, RLENGTH - 7)
    gsub(/&lt;/, "<", m); gsub(/&gt;/, ">", m); gsub(/&quot;/, "\"", m)
    gsub(/&apos;|&#39;|&#x27;/, "\047", m); gsub(/&amp;/, "\\&", m)
    perfect[a] = 1
    if (m == name[a]) hit[a] = 1
}
END {
    for (a in name) {
        h += a in hit
        p += a in perfect
        if (list && !(a in hit)) print "missed", a, name[a]
    }
    printf "%d of %d, %d with perfect matches\n", h, n, p
}' "$1" "$2"
