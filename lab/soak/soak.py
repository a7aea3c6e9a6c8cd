#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# soak.py WHORL SECONDS SEED: draws scans, runs them one after the other, watches each. See run.sh.
import json
import os
import random
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

HANG_S = 240  # for what has few probes; under sanitizers, on a busy machine
LONG_S = 60   # all others are stopped after so long, and end within HANG_S
FAULTS = (b"AddressSanitizer", b"LeakSanitizer", b"runtime error", b"ThreadSanitizer", b"assert")
KINDS = ["-sS", "-sT", "-sU", "-sA", "-sW", "-sN", "-sF", "-sX", "-sM", "-sn", "-sSU", "-sTU"]
TARGETS = ["10.98.0.2", "10.98.0.10-17", "10.98.0.0/28", "10.64.{0}.0/28", "10.64.{0}.{1}", "fd98::2",
           "10.64.{0}.0/25", "10.98.0.2 10.64.{0}.8/29 fd98::2", "10.98.0.99", "10.64.{0}.0/24"]
PORTS = ["-F", "-p1-200", "-p22,80,443,8080", "-p20-30,20000-20040", "-p-", "--top-ports=50",
         "-p1-1000 --exclude-ports=100-900", "-pT:22,80,U:53,161", "-r -p70-90"]
MORE = ["-v", "-vv", "-d", "--reason", "--open", "--explain", "--randomize-hosts", "--packet-trace",
        "--version-trace", "--max-rate=5000", "--scan-delay=2ms", "--host-timeout=8s", "--budget=3s",
        "--version-light", "--version-all", "--osscan-guess", "--shard=1/2", "--resolve-all",
        "--unprivileged", "--stats-every=1s", "--nmap-quirks=7.93", "--max-os-tries=2"]
FIREWALLS = ["", "tcp dport 80 drop", "tcp dport 22 reject with tcp reset", "meta l4proto udp drop",
             "limit rate over 200/second drop", "meta l4proto icmp drop"]


def pick(draw, choices, odds):
    return [word for word in choices if draw.random() < odds]


def scan(draw):
    args = ["-n", f"-T{draw.choice([3, 4, 4, 5])}", f"--seed={draw.randrange(1, 1 << 30)}"]
    kind = draw.choice(KINDS)
    target = draw.choice(TARGETS).format(draw.randrange(16), draw.randrange(1, 250))
    args.append(kind)
    if kind != "-sn":
        wide = "/" in target and "/2" not in target[-3:-1] or "/24" in target or "U" in kind
        args += draw.choice(PORTS[:3] if wide else PORTS).split()
    args += pick(draw, ["-Pn"], 0.5)
    if kind in ("-sS", "-sSU") or (kind == "-sT" and draw.random() < 0.3):
        args += draw.choice([[], ["-O"], ["-O1"], ["-A"], ["-sV"], ["-O", "-sV"]])
    elif kind in ("-sT", "-sU", "-sTU"):
        args += pick(draw, ["-sV"], 0.4)
    args += pick(draw, MORE, 0.08)
    for option, odds in (("-oX", 0.6), ("-oJ", 0.6), ("-oN", 0.2), ("-oG", 0.2), ("--html", 0.15)):
        if draw.random() < odds:
            args += [option, "out" + option]
    return args + target.split()


def is_long(args):
    text = " ".join(args)
    return any(word in text for word in ("-p- ", "U", "-sT", "/24", "/25", "--max-rate", "--scan-delay",
                                         "-sV", "-A"))


def descriptors(pid):
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def resident(pid):
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as f:
            return int(f.read().split()[1]) * 4
    except (OSError, IndexError):
        return 0


def firewall(draw):
    rule = draw.choice(FIREWALLS)
    text = "flush ruleset\n"
    if rule:
        text += f"table inet f {{\nchain i {{\ntype filter hook input priority 0;\n{rule}\n}}\n}}\n"
    subprocess.run(["nsenter", f"--net=/run/netns/{os.environ['LAB_PREFIX']}target", "nft", "-f", "-"],
                   input=text.encode(), check=True)


def run(whorl, args, stop_after, stop_by):
    env = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:log_path=stderr", UBSAN_OPTIONS="print_stacktrace=1")
    with open("out", "wb") as out, open("err", "wb") as err:
        child = subprocess.Popen([whorl, *args], stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env,
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        begun, most_fds, most_kib = time.monotonic(), 0, 0
        while child.poll() is None:
            age = time.monotonic() - begun
            most_fds = max(most_fds, descriptors(child.pid))
            most_kib = max(most_kib, resident(child.pid))
            if stop_after and age > stop_after:
                child.send_signal(stop_by)
                stop_after = None
            if age > HANG_S:
                child.kill()
                child.wait()
                return None, most_fds, most_kib
            time.sleep(0.1)
    return child.returncode, most_fds, most_kib


def faults(args, status, is_stopped):
    with open("err", "rb") as f:
        err = f.read()
    with open("out", "rb") as f:
        out = f.read()
    if status is None:
        return "hangs"
    if is_stopped and status in (-signal.SIGINT, -signal.SIGTERM) and not out and not err:
        return None  # it had not begun yet
    if status not in (0, 1, 2, 130) or (status == 130 and not is_stopped):
        return f"status {status}"
    for word in FAULTS:
        if word in err or word in out:
            return word.decode()
    if any(byte < 9 for byte in out) or b"\x1b" in out:
        return "control characters on standard output"
    if status == 2:
        return None
    if status == 1 and not out:
        return None  # could not begin
    if "-oX" in args and os.path.exists("out-oX"):
        ET.parse("out-oX")
    if "-oJ" in args and os.path.exists("out-oJ"):
        with open("out-oJ", encoding="utf-8") as f:
            for line in f:
                json.loads(line)
    return None


def main():
    whorl, seconds, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    draw = random.Random(seed)
    end = time.monotonic() + seconds
    n = n_stopped = n_usage = n_failed = most_fds = most_kib = 0
    while time.monotonic() < end:
        for name in os.listdir("."):
            if name.startswith("out-"):
                os.remove(name)
        firewall(draw)
        args = scan(draw)
        stop_after = draw.uniform(0.05, 6) if draw.random() < 0.2 else None
        if not stop_after and is_long(args):
            stop_after = LONG_S
        stop_by = draw.choice([signal.SIGINT, signal.SIGTERM])
        status, fds, kib = run(whorl, args, stop_after, stop_by)
        try:
            fault = faults(args, status, stop_after is not None)
        except (ET.ParseError, ValueError) as e:
            fault = f"output: {e}"
        n += 1
        n_stopped += status == 130
        n_usage += status == 2
        n_failed += status == 1
        most_fds, most_kib = max(most_fds, fds), max(most_kib, kib)
        if fault:
            print(f"FAULT after {n} scans: {fault}: {' '.join(args)} (status {status})", flush=True)
            with open("err", "rb") as f:
                sys.stdout.write(f.read()[-6000:].decode(errors="replace"))
            return 1
        if n % 20 == 0:
            print(f"{n} scans, {n_stopped} stopped, {n_usage} refused, {n_failed} failed, at most "
                  f"{most_fds} descriptors, {most_kib // 1024} MiB", flush=True)
    print(f"{n} scans, no fault; {n_stopped} stopped, {n_usage} refused, {n_failed} failed, at most "
          f"{most_fds} descriptors, {most_kib // 1024} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
