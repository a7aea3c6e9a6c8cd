# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(molly-brown)
overlay=second
expect() { port 1965/tcp ssl/gemini 'Molly Brown' -; }
start() { cert lab.pem; printf 'Port = 1965\nHostname = "lab.example"\nCertPath = "%s/lab.pem.crt"\nKeyPath = "%s/lab.pem.key"\nDocBase = "/srv"\n' $PWD $PWD >m.conf; exec molly-brown -c m.conf; }
