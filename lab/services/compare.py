#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py EXPECT NAME=XML...: scans of the lab beside what its ports should be named as. Verdicts:
complete (service, product and version, as far as the wire tells), partial (right, but something is
missing), wrong (another product or version), unnamed. Prints one row per port and scan (those that are
complete everywhere only with -v), then the counts."""
import re
import sys
import xml.etree.ElementTree as xml

# words that are in many products' names, and other names of the same thing
COMMON = {"server", "http", "httpd", "ftpd", "sshd", "smtpd", "imapd", "pop3d", "ftp", "ssh", "web", "proxy",
          "daemon", "service", "engine", "app", "dns", "db", "api", "gnu", "the", "for", "open", "store", "port",
          "telnetd", "management", "exporter", "python"}
SAME = {"httpserver": "python", "simplehttpserver": "python", "isc": "bind", "apache": "apache"}


def words(text):
    return {w for w in re.findall(r"[a-z0-9]+", text.lower()) if len(w) > 1 and w not in COMMON}


def read(path):
    out = {}
    for port in xml.parse(path).iter("port"):
        s = port.find("service")
        where = port.get("portid") + "/" + port.get("protocol")
        out[where] = dict(s.attrib, state=port.find("state").get("state")) if s is not None else {}
        if s is not None:
            out[where]["cpe"] = " ".join(c.text for c in s.findall("cpe"))
    return out


def version_fits(got, want):
    return got == want or got.startswith(want + " ") or want.startswith(got + " ")


def verdict(got, service, product, version):
    if got.get("method") != "probed" or got.get("name") in ("tcpwrapped", "unknown", None):
        return "unnamed"
    said, release = got.get("product", ""), got.get("version", "")
    names = service.replace("ssl/", "").split("|")
    if not said:
        fits = got["name"] in names
        return ("complete" if product == "-" else "partial") if fits else "wrong"
    if product == "-":
        return "check" if got["name"] in names else "wrong"
    wanted = [words(p) or set(re.findall(r"\w+", p.lower())) for p in product.split("|")]
    if not any(w & (words(said) or set(re.findall(r"\w+", said.lower()))) for w in wanted):
        return "wrong"
    if version == "-":
        return "complete" if not release else "check"
    if not release:
        return "partial"
    return "complete" if version_fits(release, version) else "wrong version"


def text_of(got):
    if got.get("method") != "probed":
        return "%s? (%s)" % (got.get("name", "-"), got.get("state", "no answer"))
    parts = [("ssl/" if got.get("tunnel") else "") + got["name"], got.get("product"), got.get("version"),
             "(%s)" % got["extrainfo"] if got.get("extrainfo") else None]
    parts += ["%s=%s" % (k[0], got[v]) for k, v in (("host", "hostname"), ("os", "ostype"), ("dev", "devicetype"))
              if got.get(v)]
    return " ".join(p for p in parts if p) + "  " + got.get("cpe", "")


def main():
    loud = "-v" in sys.argv
    args = [a for a in sys.argv[1:] if a != "-v"]
    scans = [(a.split("=", 1)[0], read(a.split("=", 1)[1])) for a in args[1:]]
    count = {name: {} for name, _ in scans}
    for line in open(args[0]):
        daemon, where, service, product, version = line.rstrip("\n").split("\t")
        words_of = [(name, verdict(s.get(where, {}), service, product, version), s.get(where, {}))
                    for name, s in scans]
        for name, word, _ in words_of:
            count[name][word] = count[name].get(word, 0) + 1
        if loud or any(w != "complete" for _, w, _ in words_of):
            print("%s %s: %s %s %s" % (daemon, where, service, product, version))
            for name, word, got in words_of:
                print("    %-6s %-13s %s" % (name, word, text_of(got)))
    for name, words_ in count.items():
        print("%-6s %s" % (name, ", ".join("%s %d" % p for p in sorted(words_.items()))))


main()
