# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# To be sourced: takes fingerprints and verdicts out of normal output, ours or nmap's.

# fingerprint_lines: test lines of the last fingerprint in normal output (wrapped or plain), one per
# line, without the SCAN line.
fingerprint_lines() {
    awk '
    /^TCP\/IP fingerprint:/ { text = ""; inside = 1; next }
    inside && /^OS:/ { text = text substr($0, 4); next }
    inside && /^[A-Z][A-Z0-9]*\(/ { text = text $0; next }
    inside && /^$/ { inside = 0 }
    END { gsub(/\)/, ")\n", text); printf "%s", text }' | grep -v '^SCAN(' || true
}

# fingerprint_stable: replaces what is random by nature, each within its tolerance:
#   SP, ISR  spread and rate of random sequence numbers: any value from E0 to 114, from F0 to 114
#   GCD      1 to 16 for random numbers
#   SEQ()    an empty line, which 7.93 does not print
#   TS       10 hex and more: the offsets are random per connection
fingerprint_stable() {
    sed -E '/^SEQ\(\)$/d
            s/SP=([EF][0-9A-F]|10[0-9A-F]|11[0-4])%/SP=random%/
            s/GCD=([1-9A-F]|10)%/GCD=1-10%/
            s/ISR=(F[0-9A-F]|10[0-9A-F]|11[0-4])%/ISR=random%/
            s/TS=(1[0-9A-F]|2[0-9A-F])\)/TS=random)/'
}

# verdict_lines: what a parser reads of the OS verdict.
verdict_lines() {
    grep -E '^(Device type|Running|OS CPE|OS details|Aggressive OS guesses|No exact OS|No OS|Too many|Warning: OSScan|Network Distance|OS fingerprint not)' |
        sed -E 's/ \(If you know what OS is running on it, see [^)]*\)//; s/ ?\.$//' || true
}
