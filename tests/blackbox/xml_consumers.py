#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""xml_consumers.py NMAP.XML WHORL.XML: whether our document has what programs that read the
reference's rely on, and says the same. Documents are read as ElementTree, as a stream that ends hosts at
their end tag, and by python-libnmap where it is installed."""
import re
import sys
import xml.etree.ElementTree as ET
import xml.sax

try:
    from libnmap.parser import NmapParser
except ImportError:
    NmapParser = None

n_bad = 0


def check(is_good, what):
    global n_bad
    if not is_good:
        n_bad += 1
        print(f"FAIL: {sys.argv[2]}: {what}")


def check_run(root):
    for name in "scanner", "args", "version", "start", "startstr", "xmloutputversion":
        check(root.get(name), f"nmaprun has no {name}")
    check(root.get("start").isdigit(), "start is no number")
    for info in root.iter("scaninfo"):
        for name in "type", "protocol", "numservices", "services":
            check(info.get(name) is not None, f"scaninfo has no {name}")
    check(root.find("verbose").get("level").isdigit(), "verbose level")
    check(root.find("debugging").get("level").isdigit(), "debugging level")
    stats = root.find("runstats")
    check([c.tag for c in stats] == ["finished", "hosts"], "children of runstats")
    finished, hosts = stats
    for name in "time", "timestr", "summary", "elapsed", "exit":
        check(finished.get(name), f"finished has no {name}")
    counts = [int(hosts.get(name)) for name in ("up", "down", "total")]
    check(counts[0] + counts[1] == counts[2], "counts of hosts")


def check_port(port):
    check(port.get("protocol") and port.get("portid").isdigit(), "port without protocol or number")
    check(port.find("state") is not None and port.find("state").get("state"), "port without state")
    service = port.find("service")
    if service is not None:
        for name in "name", "method", "conf":
            check(service.get(name), f"service has no {name}")
        check(0 <= int(service.get("conf")) <= 10, "confidence of a service")


def check_host(host):
    status = host.find("status")
    check(status is not None and status.get("state") in ("up", "down", "unknown"), "state of a host")
    check(status.get("reason") and status.get("reason_ttl").isdigit(), "reason of a host")
    types = [a.get("addrtype") for a in host.findall("address")]
    check(types and types[0] in ("ipv4", "ipv6"), "first address of a host")
    check(all(t in ("ipv4", "ipv6", "mac") for t in types), "kinds of addresses")
    for port in host.iter("port"):
        check_port(port)
    for extra in host.iter("extraports"):
        check(extra.get("state") and extra.get("count").isdigit(), "extraports")
    for match in host.iter("osmatch"):
        check(match.get("name") and match.get("accuracy").isdigit(), "osmatch")
        check({c.tag for c in match} <= {"osclass"}, "children of osmatch")
    for cls in host.iter("osclass"):
        for name in "vendor", "osfamily", "accuracy":
            check(cls.get(name), f"osclass has no {name}")
        check({c.tag for c in cls} <= {"cpe"}, "children of osclass")
    for hop in host.iter("hop"):
        check(hop.get("ttl") and hop.get("ipaddr"), "hop")


class Stream(xml.sax.ContentHandler):
    """Host by host, as an importer does that does not wait for the end."""

    def __init__(self):
        super().__init__()
        self.hosts, self.host = {}, None

    def startElement(self, name, attrs):
        if name == "host":
            self.host = {"ports": {}}
        elif self.host is None:
            return
        elif name == "status":
            self.host["state"] = attrs["state"]
        elif name == "address" and attrs["addrtype"] != "mac":
            self.host["addr"] = attrs["addr"]
        elif name == "port":
            self.port = (attrs["protocol"], int(attrs["portid"]))
        elif name == "state":
            self.host["ports"][self.port] = [attrs["state"]]
        elif name == "service":
            texts = [attrs.get(k, "") for k in ("name", "product", "version", "extrainfo", "tunnel")]
            self.host["ports"][self.port] += texts

    def endElement(self, name):
        if name == "host":
            self.hosts[self.host["addr"]] = self.host
            self.host = None


def stream(path, is_cut=False):
    with open(path, "rb") as f:
        text = f.read()
    if is_cut: # in the middle of the last host
        text = text[: text.rindex(b"</host>") - 10]
    handler = Stream()
    parser = xml.sax.make_parser()
    parser.setContentHandler(handler)
    parser.feed(text)
    return handler.hosts


def by_library(path):
    report = NmapParser.parse_fromfile(path)
    hosts = {}
    for h in report.hosts:
        services = sorted((s.port, s.protocol, s.state, s.service, s.tunnel, s.banner) for s in h.services)
        hosts[h.address] = (h.status, h.hostnames, re.sub("^$", "none", h.mac), services)
    return report.hosts_total, report.hosts_up, hosts


def main():
    theirs, ours = sys.argv[1:]
    root = ET.parse(ours).getroot()
    check_run(root)
    for host in root.findall("host"):
        check_host(host)
    hosts = stream(ours)
    check(hosts == stream(theirs), "a stream of hosts is another than the reference's")
    check(len(stream(ours, is_cut=True)) == len(hosts) - 1, "a cut file loses more than its last host")
    if NmapParser:
        check(by_library(ours) == by_library(theirs), "python-libnmap reads another result")
    print(f"{len(hosts)} hosts, {n_bad} failed" + ("" if NmapParser else ", without python-libnmap"))
    sys.exit(n_bad > 0)


main()
