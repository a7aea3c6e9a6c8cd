#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A saved scan of many made-up hosts as JSON lines: big_scan.py HOSTS [SEED] > FILE

Three to ten open ports with services, an OS verdict with near ones and a fingerprint for each host,
as a scan with -O and -sV writes them."""
import json
import random
import sys

SERVICES = [
    (22, 'ssh', 'OpenSSH', ['9.2p1 Debian 2+deb12u3', '8.9p1', '7.4'], 'cpe:/a:openbsd:openssh'),
    (80, 'http', 'nginx', ['1.22.1', '1.18.0', ''], 'cpe:/a:nginx:nginx'),
    (443, 'http', 'Apache httpd', ['2.4.62', '2.4.6'], 'cpe:/a:apache:http_server'),
    (25, 'smtp', 'Postfix smtpd', [''], 'cpe:/a:postfix:postfix'),
    (53, 'domain', 'ISC BIND', ['9.18.28', '9.11.4'], 'cpe:/a:isc:bind'),
    (110, 'pop3', 'Dovecot pop3d', [''], 'cpe:/a:dovecot:dovecot'),
    (143, 'imap', 'Dovecot imapd', [''], 'cpe:/a:dovecot:dovecot'),
    (3306, 'mysql', 'MySQL', ['8.0.39', '5.7.44'], 'cpe:/a:mysql:mysql'),
    (5432, 'postgresql', 'PostgreSQL DB', ['15.0 or later'], 'cpe:/a:postgresql:postgresql'),
    (6379, 'redis', 'Redis key-value store', ['7.0.15'], 'cpe:/a:redislabs:redis'),
    (8080, 'http', 'Jetty', ['9.4.53', '11.0.20'], 'cpe:/a:eclipse:jetty'),
    (9100, 'jetdirect', None, [''], None),
    (139, 'netbios-ssn', 'Samba smbd', ['4.6.2'], 'cpe:/a:samba:samba'),
]
SYSTEMS = [
    ('Linux', 'Linux', ['5.X', '6.X', '4.X'], 'general purpose'),
    ('Microsoft', 'Windows', ['10', '2019', '2022'], 'general purpose'),
    ('FreeBSD', 'FreeBSD', ['13.X', '14.X'], 'general purpose'),
    ('HP', 'embedded', [''], 'printer'),
    ('Cisco', 'IOS', ['15.X', '12.X'], 'router'),
    ('Juniper', 'JUNOS', ['20.X'], 'firewall'),
]
FINGERPRINT = '''SEQ(SP=%X%%GCD=1%%ISR=%X%%TI=Z%%CI=Z%%II=I%%TS=A)
OPS(O1=M5B4ST11NW7%%O2=M5B4ST11NW7%%O3=M5B4NNT11NW7%%O4=M5B4ST11NW7%%O5=M5B4ST11NW7%%O6=M5B4ST11)
WIN(W1=%X%%W2=FE88%%W3=FE88%%W4=FE88%%W5=FE88%%W6=FE88)
ECN(R=Y%%DF=Y%%T=40%%W=FAF0%%O=M5B4NNSNW7%%CC=Y%%Q=)
T1(R=Y%%DF=Y%%T=40%%S=O%%A=S+%%F=AS%%RD=0%%Q=)
T2(R=N)
T3(R=N)
T4(R=Y%%DF=Y%%T=40%%W=0%%S=A%%A=Z%%F=R%%O=%%RD=0%%Q=)
T5(R=Y%%DF=Y%%T=40%%W=0%%S=Z%%A=S+%%F=AR%%O=%%RD=0%%Q=)
T6(R=Y%%DF=Y%%T=40%%W=0%%S=A%%A=Z%%F=R%%O=%%RD=0%%Q=)
T7(R=N)
U1(R=Y%%DF=N%%T=40%%IPL=164%%UN=0%%RIPL=G%%RID=G%%RIPCK=G%%RUCK=G%%RUD=G)
IE(R=Y%%DFI=N%%T=40%%CD=S)
'''


def service(rng, number, entry):
    name, product, versions, cpe = entry
    s = {'name': name, 'method': 'probed', 'conf': 10, 'state': 'hard' if product else 'soft'}
    version = rng.choice(versions)
    if product:
        s['product'] = product
    if version:
        s['version'] = version
    s['cpe'] = [cpe] if cpe else []
    if number in (443, 8443):
        s['tunnel'] = 'ssl'
        host = 'host%d.example' % rng.randrange(100000)
        s['tls'] = {'version': 'TLSv1.3', 'cipher': 'TLS_AES_256_GCM_SHA384', 'subject': 'CN=' + host,
                    'issuer': 'CN=Example CA', 'names': [host], 'sha256': '%064x' % rng.getrandbits(256),
                    'not_before': 1760000000, 'not_after': 1830000000}
    s.update(probe='GetRequest', list='GetRequest', file='built-in', line=rng.randrange(1, 4000), connections=1)
    s['elapsed_ms'] = rng.randrange(1, 5000)
    return s


def system(rng):
    vendor, family, gens, kind = SYSTEMS[rng.choices(range(6), [50, 25, 5, 8, 7, 5])[0]]
    n_perfect = rng.choice([0, 1, 1, 1, 2])
    matches = []
    for i in range(rng.randrange(6, 20)):
        share = 1.0 if i < n_perfect else max(0.85, 0.99 - 0.007 * i - rng.random() / 100)
        gen = rng.choice(gens)
        classes = [{'type': kind, 'vendor': vendor, 'osfamily': family, 'osgen': gen or None, 'cpe': ['cpe:/o:%s:%s' % (vendor.lower(), family.lower())]}]
        name = '%s %s %d.%d - %d.%d' % (vendor, gen, rng.randrange(1, 6), rng.randrange(20), rng.randrange(6, 9), rng.randrange(20))
        matches.append({'name': name, 'accuracy': int(share * 10000) / 100, 'share': share, 'line': rng.randrange(1, 110000), 'classes': classes})
    matches.sort(key=lambda m: -m['share'])
    classes = [dict(matches[0]['classes'][0], accuracy=matches[0]['accuracy'])]
    return {'status': 'matched' if n_perfect else 'guesses', 'matches': matches, 'classes': classes,
            'fingerprint': FINGERPRINT % (rng.randrange(250, 265), rng.randrange(256, 280), rng.randrange(60000, 65535)),
            'class_shares': [matches[0]['share']], 'perfect': n_perfect, 'perfect_classes': 1 if n_perfect else 0,
            'tries': 1, 'matched_try': 1 if n_perfect else 0, 'portused': {'open_tcp': 22, 'closed_tcp': 1, 'closed_udp': 34199},
            'distance': rng.randrange(1, 18), 'distance_kind': 'I'}


def host(rng, i):
    ports = []
    for entry in sorted(rng.sample(SERVICES, rng.randrange(3, 11))):
        ports.append({'protocol': 'tcp', 'portid': entry[0], 'state': 'open', 'reason': 'syn-ack', 'reason_ttl': 57,
                      'service': service(rng, entry[0], entry[1:])})
    addr = '10.%d.%d.%d' % (i >> 16, i >> 8 & 255, i & 255)
    h = {'type': 'host', 'addr': addr, 'addrtype': 'ipv4', 'state': 'up', 'reason': 'echo-reply', 'reason_ttl': 57,
         'starttime': 1795286757 + i // 100, 'endtime': 1795286767 + i // 100, 'srtt': rng.randrange(100, 90000), 'rttvar': 3000, 'ports': ports,
         'extraports': [{'protocol': 'tcp', 'state': 'closed', 'reason': 'reset', 'reason_ttl': 57, 'count': 989, 'ports': '10000-10988'}],
         'os': system(rng)}
    if rng.random() < 0.5:
        h['ptr'] = 'host%d.example' % i
    return h


def events(h):
    """What was told of the host before it was finished."""
    who = {'addr': h['addr'], 'addrtype': 'ipv4'}
    yield dict(who, type='up', state='up', reason='echo-reply', reason_ttl=57)
    for p in h['ports']:
        yield dict(who, type='port', **{k: p[k] for k in p if k != 'service'})
    yield dict(who, type='evidence', kind='os_subject', fingerprint=h['os']['fingerprint'])
    for p in h['ports']:
        yield dict(who, type='service', **p)


def main():
    n = int(sys.argv[1])
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    out = lambda record: sys.stdout.write(json.dumps(record, separators=(',', ':')) + '\n')
    out({'type': 'begin', 'schema': 1, 'scanner': 'whorl', 'version': '0.1.0', 'args': 'whorl -O -sV 10.0.0.0/15', 'argv': ['whorl', '-O', '-sV', '10.0.0.0/15'],
         'start': 1795286757, 'seed': '1', 'targets': ['10.0.0.0/15'], 'ports_per_host': 1000, 'verbose': 0, 'debugging': 0,
         'options': {'os': True, 'services': True, 'version_intensity': 7},
         'scaninfo': [{'type': 'syn', 'protocol': 'tcp', 'numservices': 1000, 'services': '1-1000'}], 'databases': []})
    for i in range(n):
        h = host(rng, i)
        for record in events(h):
            out(record)
        out(h)
    out({'type': 'end', 'time': 1795287757 + n // 100, 'elapsed_ns': 1000000000000, 'exit': 'success', 'hosts': {'up': n, 'down': 0, 'total': n},
         'packets': {'sent': 1, 'sent_bytes': 1, 'received': 1, 'received_bytes': 1}})


main()
