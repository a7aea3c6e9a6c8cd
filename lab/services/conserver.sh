# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(conserver-server)
overlay=second
expect() { port 3109/tcp conserver conserver -; }
start() { printf 'config * { sslrequired no; sslenabled no; }\ndefault full { rw *; }\naccess * { allowed 0.0.0.0/0; trusted 127.0.0.1; }\nconsole c { master localhost; type exec; exec /bin/cat; rw *; }\n' >c.cf; exec conserver -C c.cf -p 3109 -M 0.0.0.0 -P /dev/null -n; }
