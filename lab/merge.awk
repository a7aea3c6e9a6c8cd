# SPDX-License-Identifier: Apache-2.0
#
# Subject fingerprints in, one reference entry's test lines out.
#
# Input: plain test lines as scanners print them, NAME(A=V%B=W...), any number of each; everything
# else is ignored. Every value seen is accepted by the result; widened are only values that are
# samples of something continuous (see widen) or a property of the path instead of the stack
# (the MSS, the distance). With -v silent=1 the answers to T7, U1 and IE may be missing:
# what firewalls drop most often

BEGIN {
    n_tests = split("SEQ OPS WIN ECN T1 T2 T3 T4 T5 T6 T7 U1 IE N6", tests, " ")
    order["SEQ"] = "SP GCD ISR TI CI II SS TS"
    order["OPS"] = "O1 O2 O3 O4 O5 O6"
    order["WIN"] = "W1 W2 W3 W4 W5 W6"
    order["ECN"] = "R DF T TG W O CC Q"
    order["T1"] = "R DF T TG S A F RD Q"
    for (i = 2; i <= 7; i++)
        order["T" i] = "R DF T TG W S A F O RD Q"
    order["U1"] = "R DF T TG IPL UN RIPL RID RIPCK RUCK RUD"
    order["IE"] = "R DFI T TG CD"
    order["N6"] = "FL FR FE FU HS HR HE HU CS CE CU X1 X2 XP XQ NF NL UQ US FI"
}

/^[A-Z][A-Z0-9]*\(.*\)[ \r]*$/ {
    test = $0
    sub(/\(.*/, "", test)
    if (test in order)
        take(test, substr($0, length(test) + 2))
}

END {
    for (i = 1; i <= n_tests; i++)
        if (tests[i] in seen)
            print tests[i] "(" line(tests[i]) ")"
}

# take: notes the values of one test line
function take(test, text, parts, n, i, attr, value) {
    sub(/\)[ \r]*$/, "", text)
    seen[test] = 1
    n = split(text, parts, "%")
    for (i = 1; i <= n; i++) {
        attr = parts[i]
        sub(/=.*/, "", attr)
        value = substr(parts[i], length(attr) + 2)
        if (attr == "T")
            note(test, "TG", power(hex(value)))
        note(test, attr, value)
    }
}

function note(test, attr, value, key) {
    key = test SUBSEP attr
    if ((key, value) in had)
        return
    had[key, value] = 1
    values[key, ++count[key]] = value
}

function line(test, attrs, n, i, text, expr) {
    if (silent && (test == "T7" || test == "U1" || test == "IE") && (test, "R", "Y") in had)
        note(test, "R", "N")
    n = split(order[test], attrs, " ")
    for (i = 1; i <= n; i++)
        if ((test, attrs[i]) in count && !garbage(test, attrs[i])) {
            expr = widen(test, attrs[i], test SUBSEP attrs[i])
            text = text (text == "" ? "" : "%") attrs[i] "=" expr
        }
    return text
}

# garbage: left out, so never compared: what the stack does not set (a copy of the probe's own IP id,
# bytes of memory beyond an MTU), and steps that grow with its age
function garbage(test, attr, key) {
    key = test SUBSEP attr
    if (attr == lacks)
        return 1
    if (attr == "II" || attr == "SS")
        return ("IE", "DFI", "S") in had && ("SEQ", "II", "RI") in had
    if (attr == "GCD")
        return count[key] > 8 || (count[key] > 3 && highest(key) > 32)
    return attr == "UN" && (count[key] > 1 || highest(key) > 65535)
}

# widen: the expression for all values seen of one attribute
function widen(test, attr, key) {
    if (attr == "R")
        return (key, "Y") in had ? ((key, "N") in had ? "Y|N" : "Y") : "N"
    if (attr == "SP")
        return lowest(key) >= 230 ? "DC-112" : range(key, 5) # random numbers: all they can give
    if (attr == "ISR")
        return lowest(key) >= 240 ? "EE-116" : range(key, 4)
    if (attr == "CI" && (key, "RD") in had)
        note(test, attr, "RI") # of three random numbers each may exceed the one before
    if (attr == "GCD" && lowest(key) >= 1 && highest(key) <= 32)
        return sprintf("1-%X", highest(key) > 16 ? highest(key) : 16)
    if (attr ~ /^F[LRE]$/ && ((key, "C") in had || (key, "I") in had || (key, "R") in had))
        note(test, attr, "O") # of a single answer no more can be told
    if (attr == "TS")
        return clock(key)
    if (attr == "T")
        return around(key, 5)
    if (attr ~ /^O[1-6]?$/)
        return options(key)
    return join(key)
}

function join(key, i, text) {
    for (i = 1; i <= count[key]; i++)
        text = text (i > 1 ? "|" : "") values[key, i]
    return text
}

# range: lowest to highest, with a margin on both sides
function range(key, margin, lo, hi) {
    lo = lowest(key) - margin
    hi = highest(key) + margin
    return sprintf("%X-%X", lo < 0 ? 0 : lo, hi)
}

# around: a margin around each value, for asymmetric routes; many values are one range (an echoed TTL)
function around(key, margin, i, text, v) {
    if (count[key] > 2)
        return range(key, margin)
    for (i = 1; i <= count[key]; i++) {
        v = hex(values[key, i])
        text = text (i > 1 ? "|" : "") sprintf("%X-%X", v - margin, v + margin)
    }
    return text
}

# clock: rates of F (32768 Hz) and less name a real clock and stand as they are. More means an offset
# drawn per connection: the "rate" is the mean of up to five differences of random 32-bit numbers
# over 0.1 s each, about 2^33, log-distributed; 1C-23 leaves out less than one in a million.
function clock(key, i, text, random) {
    for (i = 1; i <= count[key]; i++)
        if (length(values[key, i]) > 1)
            random = 1
        else
            text = text (text == "" ? "" : "|") values[key, i]
    if (random)
        text = text (text == "" ? "" : "|") "1C-23"
    return text
}

# options: alternatives; those that differ only in their numbers become one with ranges. The MSS is the
# link's, the window scale follows from the memory; neither is a property of the stack.
function options(key, i, v, shape, n_shapes, shapes, lo, hi, text) {
    for (i = 1; i <= count[key]; i++) {
        v = values[key, i]
        shape = v
        sub(/M[0-9A-F]+/, "M#", shape)
        sub(/W[0-9A-F]+/, "W@", shape)
        if (!((shape, "M") in lo))
            shapes[++n_shapes] = shape
        stretch(lo, hi, shape, "M", number(v, "M"))
        stretch(lo, hi, shape, "W", number(v, "W"))
    }
    for (i = 1; i <= n_shapes; i++) {
        v = shapes[i]
        shape = v
        sub(/#/, span(lo[shape, "M"], hi[shape, "M"]), v)
        sub(/@/, span(lo[shape, "W"], hi[shape, "W"]), v)
        text = text (i > 1 ? "|" : "") v
    }
    return text
}

# number: what follows a letter in an option string, -1 if it is not there
function number(v, letter) {
    if (!match(v, letter "[0-9A-F]+"))
        return -1
    return hex(substr(v, RSTART + 1, RLENGTH - 1))
}

function stretch(lo, hi, shape, letter, v) {
    if (!((shape, letter) in lo))
        lo[shape, letter] = hi[shape, letter] = v
    if (v < lo[shape, letter])
        lo[shape, letter] = v
    if (v > hi[shape, letter])
        hi[shape, letter] = v
}

function span(lo, hi) {
    return lo < hi ? sprintf("[%X-%X]", lo, hi) : sprintf("%X", lo)
}

function lowest(key, i, v, best) {
    for (i = 1; i <= count[key]; i++) {
        v = hex(values[key, i])
        if (i == 1 || v < best)
            best = v
    }
    return best
}

function highest(key, i, v, best) {
    for (i = 1; i <= count[key]; i++) {
        v = hex(values[key, i])
        if (i == 1 || v > best)
            best = v
    }
    return best
}

# power: the guess of the initial TTL that stands for T where the distance is unknown
function power(ttl) {
    return ttl <= 32 ? "20" : ttl <= 64 ? "40" : ttl <= 128 ? "80" : "FF"
}

function hex(text, i, v) {
    for (i = 1; i <= length(text); i++)
        v = v * 16 + index("0123456789ABCDEF", substr(text, i, 1)) - 1
    return v + 0
}
