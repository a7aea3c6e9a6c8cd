# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(sendmail-bin)
overlay=yes
expect() { port 2527/tcp smtp Sendmail "$(v sendmail-bin)"; }
start() { mkdir -p /run/sendmail/mta /run/sendmail/stampdir; (cd /etc/mail && { [ -s sendmail.cf ] || m4 sendmail.mc >sendmail.cf; }); exec sendmail-mta -bD -ODaemonPortOptions=Name=MTA,Port=2527,Addr=0.0.0.0 -C/etc/mail/sendmail.cf; }
