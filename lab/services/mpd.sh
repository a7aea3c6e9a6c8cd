# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(mpd)
expect() { port 6600/tcp mpd 'Music Player Daemon' -; }
start() { mkdir -p m; printf 'bind_to_address "0.0.0.0"\nmusic_directory "/lab/mpd/m"\ndb_file "/lab/mpd/db"\naudio_output {\n type "null"\n name "n"\n}\n' >m.conf; exec mpd --no-daemon --stderr m.conf; }
