#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The HTML report in a real browser: rows, sorting, filter, details, dark and light, hostile text,
# a page that was cut short. run.sh WHORL
set -uo pipefail
whorl=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
browser=$(command -v chromium || command -v chromium-browser) || { echo 'skip: needs chromium'; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export TZ=UTC HOME=$tmp
passed=0 failed=0
is() { # WHAT WANTED GOT
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL: $1: '$3' instead of '$2'"
    fi
}
# look PAGE SCRIPT [OPTION]: what SCRIPT, run in the page when it is laid out, says, a line each.
look() {
    {
        echo "<script>addEventListener('load', async () => { const said = [], say = (what, value) => said.push(what + ': ' + value);"
        echo "const rows = () => [...document.querySelectorAll('#hosts tr.host')], column = i => rows().map(r => r.cells[i].textContent);"
        echo "const head = i => document.querySelectorAll('#hosts th button')[i].click(), text = id => document.getElementById(id).textContent;"
        echo "const filter = async words => { const f = document.getElementById('filter'); f.value = words; f.dispatchEvent(new Event('input')); await new Promise(r => setTimeout(r, 300)); };"
        echo "try {"
        echo "$2"
        echo "} catch (e) { say('error', e); }"
        echo "const out = document.createElement('pre'); out.textContent = '\n[[\n' + said.join('\n') + '\n]]\n'; document.body.replaceChildren(out); });</script>"
    } >"$tmp/script.html"
    sed "/^<noscript id=\"data\">/{
        h
        r $tmp/script.html
        g
        N
    }" "$1" >"$tmp/page.html"
    timeout 100 "$browser" --headless=new --no-sandbox --disable-gpu --user-data-dir="$tmp/profile" \
        --virtual-time-budget=10000 --dump-dom "${@:3}" "file://$tmp/page.html" 2>/dev/null |
        sed -n '/^\[\[$/,/^\]\]$/p' >"$tmp/said"
}
said() { # WHAT WANTED
    is "$1" "$2" "$(sed -n "s/^$1: //p" "$tmp/said" | head -1)"
}

python3 "$here/../../../bench/big_scan.py" 1000 >"$tmp/scan.jsonl"
"$whorl" show "$tmp/scan.jsonl" --html "$tmp/a.html"
size=$(stat -c %s "$tmp/a.html")
[ "$size" -lt $((40000 + 2500 * 1000)) ]
is 'below 2.5 kB for each host' 0 $?
is 'rows for browsers without scripts' 1000 "$(grep -c "^<tr data-h='.*<td>10\." "$tmp/a.html")"

look "$tmp/a.html" "
say('rows', rows().length + ', ' + text('count'));
say('hosts that are up', document.querySelector('#cards b').textContent);
say('plots', document.querySelectorAll('#plots svg').length);
say('addresses', column(0).slice(9, 11).join(' '));
document.getElementById('more').click();
say('more rows', rows().length);
head(3); head(3);
let n = column(3).map(Number);
say('by open ports', n.every((v, i) => i === 0 || v <= n[i - 1]) + ' ' + n[0]);
head(5);
n = column(5).map(Number);
say('by hops', n.every((v, i) => i === 0 || v >= n[i - 1]) + ' ' + document.querySelectorAll('#hosts th')[5].getAttribute('aria-sort'));
head(0);
await filter('10.0.3.7');
say('an address', rows().length + ' ' + column(0)[0]);
await filter('port:80');
say('a port', rows().length > 10 && column(4).every(s => /(^|, )80 http/.test(s) || s.includes('\u2026')));
await filter('freebsd port:22');
say('two words', rows().length > 0 && column(2).every(s => s.includes('FreeBSD')));
await filter('no such host');
say('nothing', rows().length + ', ' + text('count'));
await filter('');
rows()[0].click();
const d = document.querySelector('tr.detail');
say('details', d.querySelectorAll('table table tbody tr').length - column(3)[0] + ' ' + (d.querySelectorAll('.meter').length > 0) + ' ' + [...d.querySelectorAll('pre')].some(p => p.textContent.includes('SEQ(')));
rows()[0].dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
say('closed by the keyboard', document.querySelectorAll('tr.detail').length);
say('light', getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).every(v => v > 200));
" --blink-settings=preferredColorScheme=1
said 'rows' '200, 1000 hosts, 200 shown'
said 'hosts that are up' 1000
said 'plots' 5
said 'addresses' '10.0.0.9 10.0.0.10'
said 'more rows' 400
said 'by open ports' 'true 10'
said 'by hops' 'true ascending'
said 'an address' '11 10.0.3.7'
said 'a port' true
said 'two words' true
said 'nothing' '0, 0 hosts'
said 'details' '0 true true'
said 'closed by the keyboard' 0
said 'light' true
said 'error' ''

# Cut short, and in the dark: what is whole is shown.
head -c $((size / 2)) "$tmp/a.html" >"$tmp/cut.html"
look "$tmp/cut.html" "
say('end', text('notes').includes('no end') && !text('notes').includes('could not be read'));
say('rows', text('count'));
say('dark', getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).every(v => v < 60));
" --blink-settings=preferredColorScheme=0
said 'end' true
said 'rows' "$(($(grep -c "^<tr data-h=" "$tmp/cut.html") - 1)) hosts, 200 shown"
said 'dark' true

# Text that wants to be markup stays text.
cat >"$tmp/evil.jsonl" <<'JSON'
{"type":"begin","schema":1,"scanner":"whorl","version":"0","args":"whorl </script><script>document.title='owned'</script>","start":1,"options":{},"scaninfo":[]}
{"type":"host","addr":"10.0.0.1","addrtype":"ipv4","ptr":"'><img src=x onerror=document.title='owned'>","state":"up","reason":"echo-reply","reason_ttl":1,"starttime":1,"endtime":1,"ports":[{"protocol":"tcp","portid":80,"state":"open","reason":"syn-ack","reason_ttl":1,"service":{"name":"http","method":"probed","conf":10,"state":"hard","product":"</noscript><script>document.title='owned'</script>&#39;&quot;","cpe":[]}}],"extraports":[]}
{"type":"end","time":1,"elapsed_ns":1,"exit":"success","hosts":{"up":1,"down":0,"total":1}}
JSON
"$whorl" show "$tmp/evil.jsonl" --html "$tmp/evil.html"
look "$tmp/evil.html" "
say('title', document.title);
say('text', column(1)[0].startsWith('\'><img') && document.querySelector('tr.detail').textContent.includes('</noscript>'));
say('elements', document.querySelectorAll('img, main script').length);
"
said 'title' 'whorl report'
said 'text' true
said 'elements' 0

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
