# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# gVisor's netstack: a container whose system calls and packets are handled by runsc, not by Linux.
# It takes over the interface of the namespace "target".
#
# RUNSC  the program (default: runsc)
# Debian packages: runsc busybox-static

stack_up() {
    stack_needs "${RUNSC:-runsc}" runsc || return
    stack_needs busybox busybox-static || return
    lab_ns scanner
    lab_ns target
    lab_join scanner eth0 target eth0
    TARGET6=fd77:1::2
    lab_addr scanner eth0 10.77.1.1/24 fd77:1::1/64
    lab_addr target eth0 "$TARGET/24" "$TARGET6/64"
    gvisor_bundle "$LAB_DIR/bundle"
    # runsc takes a namespace with this directory for the root one; kernels since 6.14 have it in all
    lab_spawn target sh -c "mount -t tmpfs none /proc/sys/net/core && exec \"\$@\"" sh \
        "${RUNSC:-runsc}" --root "$LAB_DIR/runsc" --platform=ptrace --network=sandbox \
        --ignore-cgroups --overlay2=none run --bundle "$LAB_DIR/bundle" "${LAB_PREFIX}target"
    stack_ready 20
}

# gvisor_bundle DIR: an OCI bundle that runs busybox as a server
gvisor_bundle() {
    mkdir -p "$1/rootfs/bin"
    cp "$(command -v busybox)" "$1/rootfs/bin/"
    cat >"$1/config.json" <<JSON
{ "ociVersion": "1.0.0",
  "process": { "user": { "uid": 0, "gid": 0 }, "cwd": "/", "env": [ "PATH=/bin" ],
               "args": [ "/bin/busybox", "httpd", "-f", "-p", "[::]:$OPEN" ],
               "capabilities": { "bounding": [ "CAP_NET_BIND_SERVICE" ],
                                 "effective": [ "CAP_NET_BIND_SERVICE" ],
                                 "permitted": [ "CAP_NET_BIND_SERVICE" ] } },
  "root": { "path": "rootfs", "readonly": true },
  "hostname": "target",
  "linux": { "namespaces": [ { "type": "pid" }, { "type": "ipc" }, { "type": "uts" },
                             { "type": "mount" },
                             { "type": "network", "path": "/run/netns/${LAB_PREFIX}target" } ] } }
JSON
}
