#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""golden.py DB EXPECT ANSWERS: the answers by which each port of the lab is named, one a line, separated
by tabs: daemon, what it should be, port, tunnel, probe, answer (base64), service, product, version, extra
information, host name, OS, device, CPE (space between). Answers are cut after 3,000 bytes where the rule
still says the same."""
import base64
import json
import sys

import probes as db


def main():
    probes, _ = db.load(sys.argv[1])
    answers = json.load(open(sys.argv[3]))
    print("# " + " ".join(__doc__.split(": ", 1)[1].split()))
    for line in open(sys.argv[2]):
        daemon, where, service, product, version = line.rstrip("\n").split("\t")
        port, proto = where.split("/")
        tls = service.startswith("ssl/")
        kept = answers.get("%s %s%s" % (daemon, where, " tls" if tls else "")) or {}
        kept = {k: base64.b64decode(v) for k, v in kept.items()}
        got = db.identify(probes, proto, int(port), kept, tls)
        if not got or (got["soft"] and not got.get("p")):
            continue
        probe = [p for p in probes if p.name == got["probe"] and p.proto == proto][0]
        answer = kept[got["probe"]]
        rule, match, _ = db.find(probes, probe, answer)
        short = db.find(probes, probe, answer[:3000])
        if short and short[0].line == rule.line and short[0].result(short[1]) == rule.result(match):
            answer = answer[:3000]
        f = rule.result(match)
        print("\t".join([daemon, "%s %s" % (product, version), where, "ssl" if tls else "-", got["probe"],
                         base64.b64encode(answer).decode(), f["service"]] +
                        [f.get(k, "") for k in "pvihod"] + [" ".join("cpe:/" + c for c in f["cpe"] if c)]))


main()
