# SPDX-License-Identifier: Apache-2.0
"""Reads a service-probes file and matches answers against it: a plain twin of what the scanner does, for
the lab's scripts (Python's expressions, probes one after the other)."""
import re

ESC = {"0": 0, "n": 10, "r": 13, "t": 9, "\\": 92}
TEMPLATE = re.compile(rb"\s+(?:([pvihod])(.)(.*?)\2|(cpe:)/(.*?)/)a?(?=\s|$)")


def unescape(text):
    out, i = bytearray(), 0
    while i < len(text):
        c = text[i]
        if c != "\\":
            out.append(ord(c))
            i += 1
        elif text[i + 1] == "x":
            out.append(int(text[i + 2:i + 4], 16))
            i += 4
        else:
            out.append(ESC[text[i + 1]])
            i += 2
    return bytes(out)


def cpe_value(value):
    """As the formatted names of CPE want it: small letters, all else but a few characters as %XX."""
    value = value.lower().replace(b" ", b"_")
    return b"".join(bytes([c]) if chr(c) in "abcdefghijklmnopqrstuvwxyz0123456789_.~-" else b"%%%02X" % c
                    for c in value)


class Rule:
    def __init__(self, line, number):
        kind, self.service, rest = line.split(b" ", 2)
        self.service = self.service.decode()
        self.soft = kind == b"softmatch"
        self.line = number
        if rest[:1] != b"m":
            raise ValueError("no m")
        end = rest.find(rest[1:2], 2)
        self.source = rest[2:end]
        tail = rest[end + 1:]
        flags = re.match(rb"[si]*", tail).group()
        self.regex = re.compile(self.source, (re.S if b"s" in flags else 0) | (re.I if b"i" in flags else 0))
        self.fields = {}
        tail = tail[len(flags):]
        pos = 0
        while tail[pos:].strip():
            m = TEMPLATE.match(tail, pos)
            if not m:
                raise ValueError("template: %r" % tail[pos:])
            if m.group(4):
                self.fields.setdefault("cpe", []).append(m.group(5))
            else:
                self.fields[m.group(1).decode()] = m.group(3)
            pos = m.end()

    def expand(self, match, text, is_cpe=False):
        def one(m):
            value = plain(m)
            return cpe_value(value) if is_cpe else value

        def plain(m):
            if m.group(1) == b"I":
                value = match.group(int(m.group(2).split(b",")[0])) or b""
                order = "little" if b"<" in m.group(2) else "big"
                return b"%d" % int.from_bytes(value, order)
            if m.group(1) == b"P":
                value = match.group(int(m.group(2))) or b""
                return bytes(c for c in value if 32 <= c < 127)
            if m.group(1) == b"SUBST":
                n, a, b = re.match(rb'(\d),"(.*?)","(.*?)"$', m.group(2)).groups()
                return match.group(int(n)).replace(a, b)
            value = match.group(int(m.group(3)))
            if value is None:
                raise IndexError
            return value.split(b"\0")[0]
        try:
            out = re.sub(rb"\$(?:([A-Z]+)\(([^)]*)\)|(\d))", one, text)
        except (IndexError, AttributeError):
            return ""
        return "".join(chr(c) if 32 <= c < 127 else "." for c in out.rstrip(b" ,\r\n\t"))

    def result(self, match):
        out = {"service": self.service, "soft": self.soft, "line": self.line}
        for letter, text in self.fields.items():
            if letter != "cpe":
                out[letter] = self.expand(match, text)
        out["cpe"] = [self.expand(match, t, True) for t in self.fields.get("cpe", [])]
        return out


class Probe:
    def __init__(self, proto, name, payload):
        self.proto, self.name, self.payload = proto, name, payload
        self.rules, self.ports, self.sslports, self.fallback = [], set(), set(), []
        self.rarity = 5


def port_set(text):
    out = set()
    for part in text.split(","):
        low, _, high = part.strip().partition("-")
        out.update(range(int(low), int(high or low) + 1))
    return out


def load(path):
    probes, bad = [], 0
    for number, line in enumerate(open(path, "rb"), 1):
        line = line.rstrip(b"\r\n")
        if not line or line.startswith(b"#") or line.startswith(b"Exclude"):
            continue
        word, rest = line.split(b" ", 1)
        try:
            if word == b"Probe":
                proto, name, q = rest.decode("latin-1").split(" ", 2)
                end = q.index(q[1], 2)
                probes.append(Probe(proto.lower(), name, unescape(q[2:end])))
            elif word in (b"match", b"softmatch"):
                probes[-1].rules.append(Rule(line, number))
            elif word in (b"ports", b"sslports"):
                getattr(probes[-1], word.decode()).update(port_set(rest.decode()))
            elif word == b"rarity":
                probes[-1].rarity = int(rest)
            elif word == b"fallback":
                probes[-1].fallback = [n.strip() for n in rest.decode().split(",")]
            elif word not in (b"totalwaitms", b"tcpwrappedms"):
                raise ValueError("directive")
        except (ValueError, re.error, IndexError, KeyError) as e:
            print("%s:%d: %s: %s" % (path, number, e, line[:100]))
            bad += 1
    return probes, bad


def find(probes, probe, answer):
    chain = [probe]
    for name in probe.fallback:
        chain += [p for p in probes if p.name == name and p.proto == probe.proto]
    if probe.proto == "tcp" and probe.payload:
        chain += [p for p in probes if p.proto == "tcp" and not p.payload]
    for p in chain:
        for rule in p.rules:
            m = rule.regex.search(answer)
            if m:
                return rule, m, p
    return None


def identify(probes, proto, port, answers, tls=False, intensity=7):
    """What the scanner says of a port that gave `answers` (probe name -> bytes): the fields, the probe."""
    mine = [p for p in probes if p.proto == proto]
    null = [p for p in mine if not p.payload]
    rest = [p for p in mine if p.payload]
    listed = [p for p in rest if port in (p.sslports if tls else p.ports)]
    soft = None
    for p in null + listed + [p for p in rest if p not in listed]:
        yields = soft and any(r.service == soft["service"] for r in p.rules)
        if soft and not yields:
            continue
        if not soft and p.payload and p not in listed and p.rarity > intensity:
            continue
        hit = answers.get(p.name) and find(probes, p, answers[p.name])
        if not hit:
            continue
        got = dict(hit[0].result(hit[1]), probe=p.name, rules=hit[2].name)
        if not hit[0].soft:
            for key, value in (soft or {}).items():
                if not got.get(key):
                    got[key] = value
            return got
        soft = soft or got
    return soft
