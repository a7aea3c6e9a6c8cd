#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""judge.py DB EXPECT ANSWERS [-v]: what the rules of DB make of the kept ANSWERS beside what EXPECT says,
each port on its own number and as if on an odd one. Verdicts: complete, product (version missing),
unnamed, wrong."""
import base64
import json
import sys

import probes as db


def verdict(got, service, product, version):
    if not got or not got.get("p"):
        named = got and (got["service"] == service.replace("ssl/", "") or not service)
        return ("complete" if product == "-" else "protocol") if named else "unnamed"
    if product == "-" or got["p"] != product:
        return "wrong"
    if version == "-" or got.get("v") == version:
        return "complete"
    return "wrong" if got.get("v") else "product"


def main():
    probes, _ = db.load(sys.argv[1])
    answers = json.load(open(sys.argv[3]))
    count = {}
    for line in open(sys.argv[2]):
        daemon, where, service, product, version = line.rstrip("\n").split("\t")
        port, proto = where.split("/")
        tls = service.startswith("ssl/")
        kept = answers.get("%s %s%s" % (daemon, where, " tls" if tls else ""))
        if kept is None:
            continue
        kept = {k: base64.b64decode(v) for k, v in kept.items()}
        for odd in (False, True):
            got = db.identify(probes, proto, 1 if odd else int(port), kept, tls)
            word = verdict(got, service, product, version)
            count[(odd, word)] = count.get((odd, word), 0) + 1
            if "-v" in sys.argv or word != "complete":
                show = {k: v for k, v in (got or {}).items() if v and k != "rules"}
                print("%-9s %-4s %-14s %-10s %s %s %s <- %s %s" % (
                    word, "odd" if odd else "", daemon, where, service, product, version, show,
                    sorted(kept) if not got else ""))
    print(sorted(count.items()))


main()
