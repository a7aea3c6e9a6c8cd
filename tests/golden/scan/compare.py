#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py TABLE RECORDED OURS RUN...: whether the files RUN.nmap, RUN.xml and RUN.gnmap of both
folders are the same. What changes from run to run is masked, hosts are put into the order of their
addresses and phases before them, and each intended difference is a row of TABLE; anything else fails, and so does a row that
changes nothing, unless its name ends in "?": then it depends on the moment. Row: name, runs, views, whose text, pattern, replacement, with tabs between them."""
import difflib
import fnmatch
import ipaddress
import re
import sys

DAY = r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}"
ADDRESS = r"\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]*"
MASKS = {
    "all": [
        (DAY, "DATE"),
        (r"scanned in \d+\.\d\d seconds", "scanned in TIME seconds"),
        (r"(scan initiated DATE as: )\S+", r"\1PROGRAM"),
        (r"((?:Nmap|whorl) )\d+\.\d+(?:\.\d+)?(?= scan initiated)", r"\1VERSION"),
    ],
    "nmap": [
        (r"\(\d+(?:\.\d+)?s latency\)", "(TIME latency)"),
        (r"(Scanned at ).*", r"\1DATE"),
        (r"(?m)^(\d+ +)\d+\.\d\d ms +", r"\1TIME ms "),
        (r"(?m)^HOP RTT +ADDRESS", "HOP RTT ADDRESS"),
    ],
    "xml": [
        (r'\b(start|time|starttime|endtime|srtt|rttvar|to|elapsed|rtt)="[\d.]*"', r'\1="N"'),
        (r'\b(args)="\S+', r'\1="PROGRAM'),
        (r'\b(version)="[\d.]+"', r'\1="N"'),
        (r'(<task(?:begin|end) .*) time="N"', r'\1'),
        (r'(<\?xml-stylesheet href=")[^"]*/', r"\1"),
    ],
    "gnmap": [],
}
# The records of one host, and of the phases of the run.
HOSTS = {
    "nmap": re.compile(r"^Nmap scan report for .*\n(?:(?!Nmap scan report for |# ).*\n)*", re.M),
    "xml": re.compile(r"^<host(?:hint)?[ >].*\n(?:.*\n)*?</host(?:hint)?>\n|^<task.*\n", re.M),
    "gnmap": re.compile(r"^Host: .*\n", re.M),
}


class Row:
    def __init__(self, line):
        self.name, runs, views, self.of, pattern, self.to = line.rstrip("\n").split("\t")
        self.is_optional = self.name.endswith("?")
        self.runs, self.views = runs.split(","), views.split(",")
        self.pattern = re.compile(pattern, re.M)
        self.n_tried = self.n_used = 0

    def apply(self, run, view, whose, text):
        if whose != self.of or view not in self.views:
            return text
        if not any(fnmatch.fnmatchcase(run, glob) for glob in self.runs):
            return text
        changed = self.pattern.sub(self.to, text)
        self.n_tried += 1
        self.n_used += changed != text
        return changed


def read_table(path):
    with open(path, encoding="utf-8") as f:
        return [Row(line) for line in f if line.strip() and not line.startswith("#")]


def order(block):
    found = re.search(r'(?:[ (]|addr=")(%s)(?=[") \n]|$)' % ADDRESS, block)
    address = ipaddress.ip_address(found.group(1)) if found else ipaddress.ip_address(0)
    return (address.version, int(address))


def rank(block):
    kinds = ["<task", "<hosthint>", ""]
    kind = next(i for i, k in enumerate(kinds) if block.startswith(k))
    return (kind, block if kind == 0 else "", order(block))


def sort_hosts(view, text):
    blocks = iter(sorted(HOSTS[view].findall(text), key=rank))
    return HOSTS[view].sub(lambda _: next(blocks), text)


def masked(view, text):
    for pattern, to in MASKS["all"] + MASKS[view]:
        text = re.sub(pattern, to, text)
    return text


def read(table, folder, run, view, whose):
    with open(f"{folder}/{run}.{view}", encoding="utf-8") as f:
        text = masked(view, f.read())
    for row in table:
        text = row.apply(run, view, whose, text)
    return sort_hosts(view, text).splitlines()


def main():
    table = read_table(sys.argv[1])
    recorded, ours = sys.argv[2:4]
    n_bad = 0
    for run in sys.argv[4:]:
        for view in HOSTS:
            texts = [read(table, recorded, run, view, "recorded"), read(table, ours, run, view, "ours")]
            lines = list(difflib.unified_diff(*texts, f"{run}.{view} recorded", "ours", lineterm="", n=1))
            n_bad += bool(lines)
            print("\n".join(line[:400] for line in lines), end="\n" if lines else "")
    for row in table:
        if row.n_tried and not row.n_used and not row.is_optional:
            print(f"{row.name}: this difference is in the table but not in the results: {row.pattern.pattern}")
            n_bad += 1
    print(f"{len(sys.argv) - 4} runs, {n_bad} differences")
    sys.exit(n_bad > 0)


main()
