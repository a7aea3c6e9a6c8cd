#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# random_lines.py SCENARIO_RUN SEED N: random command lines on the simulator, in virtual time. No
# scan may take longer than what its probes, rates and limits add up to, whoever is silent, slow
# or lost. Prints each that does, as a scenario to be run again; the last line counts.
import os
import random
import re
import subprocess
import sys
import tempfile

HOSTS = """
host 10.8.0.0/16 { down }
host 10.8.1.0/28 linux6-like { open 22,80 hops 2 }
host 10.8.2.0/28 { hops 2 router-unreach }
host 10.8.3.0/28 linux6-like { reject 22,23,80 hops 2 }
host 10.8.4.0/28 linux6-like { filtered all hops 2 }
host 10.8.5.0/28 linux6-like { open 80 filtered 22 hops 2 rst-rate 2 icmp-rate 1 }
host 10.0.0.8 { down }
host 10.0.0.9 linux6-like { open 80 closed 22 }
"""
TARGETS = ["10.8.0.0/32", "10.8.0.0/30", "10.8.0.0/26", "10.8.1.1", "10.8.1.0/30", "10.8.2.0/30", "10.8.3.1",
           "10.8.4.0/30", "10.0.0.8", "10.0.0.9", "10.0.0.0/29", "10.8.5.1", "10.8.0.5,6,7", "10.8.0.0/30 10.8.1.1",
           "10.8.0.1 10.0.0.8"]
LINKS = ["", "link loss 5%", "link delay 50ms jitter 20ms", "link loss 30% delay 20ms"]
FIND = ["-Pn", "-Pn", "-sn", "", "-PE", "-PS80", "-PA80", "-PU40125", "-PP", "-PS22,80 -PE"]
SCANS = ["-sS", "-sS", "-sS", "-sT", "-sA", "-sU", "-sY", "-sF", "-sO", "-sS -sU"]
PORTS = {"80": 1, "22": 1, "22,80": 2, "80,443,22": 3, "1-8": 8, "1-9": 9, "1-20": 20}
MORE = ["-O", "-sV", "--traceroute", "-O --osscan-limit", "-A"]
OPTIONS = {"--max-rate 20": .15, "--scan-delay 20ms": .1, "--max-hostgroup 4": .1, "--max-retries 0": .15,
           "--max-retries 1": .1, "--min-rate 1000": .1, "--randomize-hosts": .1, "--open": .1, "-T2": .05, "-T4": .1,
           "-T5": .1, "--host-timeout 3s": .08, "--reason": .1, "--max-parallelism 1": .08, "--unprivileged": .06,
           "-f": .03, "-D 10.0.0.77": .04, "--source-port 53": .04, "--data-length 20": .04, "--send-ip": .04,
           "--disable-arp-ping": .08}


def count(targets):
    sizes = {"/32": 1, "/30": 4, "/29": 8, "/26": 64, ",6,7": 3}
    return sum(next((n for end, n in sizes.items() if t.endswith(end)), 1) for t in targets.split())


def draw_line(draw):
    """A command line, its targets, and how many seconds it may take."""
    words, targets = ["-n", draw.choice(FIND)], draw.choice(TARGETS)
    ports, services, ways = 1, 0, 0
    if words[-1] != "-sn":
        choice, scan = draw.choice(list(PORTS)), draw.choice(SCANS)
        words += [scan, "-p" + choice]
        ports = PORTS[choice] * len(scan.split())
        if draw.random() < .25:
            words.append(draw.choice(MORE))
            services = ports if words[-1] in ("-sV", "-A") else 0
            ways = 1 if words[-1] in ("--traceroute", "-A") else 0
    words += [option for option, odds in OPTIONS.items() if draw.random() < odds]
    line = " ".join(word for word in words if word)
    each = 0.4 if "-T2" in line else 0.05 if "--max-rate" in line or "--scan-delay" in line else 0
    probes = count(targets) * (ports + 4 + 30 * ways)
    serial = 1 if "--max-parallelism" in line or any(word in line for word in ("-sU", "-sO", "-O", "-A")) else 0.1
    tries = 12
    limit = 60 + probes * tries * (each + 0.25 * serial) + 60 * services * count(targets)
    return line, targets, limit


def main():
    run, seed, n = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    draw = random.Random(seed)
    here = os.path.dirname(os.path.abspath(__file__))
    n_bad, worst = 0, (0, 0, "")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("stacks.inc", "data"):
            os.symlink(os.path.join(here, name), os.path.join(folder, name))
        for i in range(n):
            line, targets, limit = draw_line(draw)
            link, point = draw.choice(LINKS), draw.choice(["", "interface tun0 p2p 10.0.0.1/24"])
            text = f"seed {seed + i}\ninclude stacks.inc\n{link}\n{point}{HOSTS}run {line} {targets}\n"
            path = os.path.join(folder, f"{i}.scn")
            with open(path, "w") as out:
                out.write(text + "expect time <= 0s\n")
            done = subprocess.run([run, path], capture_output=True, text=True)
            took = re.search(r"(\d+) ms, expected", done.stdout + done.stderr)
            refused = done.stdout.startswith("ok ")  # options that exclude each other: no time passed
            seconds = int(took[1]) / 1000 if took else 0 if refused else None
            if seconds is None or seconds > limit:
                n_bad += 1
                print(f"FAIL {seconds} s, at most {limit:.0f} s\n{text}{done.stdout if not took else ''}{done.stderr[-500:]}")
            elif seconds / limit > worst[0]:
                worst = (seconds / limit, seconds, f"{line} {targets}; {link}")
    print(f"longest for its limit: {100 * worst[0]:.0f} %, {worst[1]:.0f} s: {worst[2]}")
    print(f"{n - n_bad} ok, {n_bad} failed")
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main())
