# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(xinetd)
expect() {
    port 7/tcp echo - -; port 7/udp echo - -; port 19/tcp chargen 'xinetd chargen' -; port 19/udp chargen 'xinetd chargen' -
    port 13/tcp daytime 'xinetd daytime' -; port 13/udp daytime 'xinetd daytime' -; port 37/tcp time - -; port 37/udp time - -
    port 70/tcp gopher Gophernicus "$(v gophernicus)"
}
start() {
    sed 's/disable.*= yes/disable = no/' /etc/xinetd.d/{echo,echo-udp,chargen,chargen-udp,daytime,daytime-udp,time,time-udp} >x.conf
    for s in "telnet 23 /usr/sbin/telnetd" "gopher 70 /usr/sbin/gophernicus -h server.lab.example -r /srv" "finger 79 /usr/sbin/efingerd -n"; do
        set -- $s
        printf 'service %s\n{\n type = UNLISTED\n port = %s\n protocol = tcp\n socket_type = stream\n wait = no\n user = nobody\n server = %s\n server_args = %s\n}\n' "$1" "$2" "$3" "${*:4}" >>x.conf
    done
    exec xinetd -dontfork -f "$PWD/x.conf"
}
