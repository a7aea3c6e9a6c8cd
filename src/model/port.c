// SPDX-License-Identifier: Apache-2.0
#include "model/port.h"

const char *proto_name(enum proto p)
{
    static const char *const names[PROTO_COUNT] = {"tcp", "udp", "sctp", "ip"};
    return names[p];
}

const char *port_state_name(enum port_state s)
{
    static const char *const names[PORT_STATE_COUNT] = {
        [PORT_UNKNOWN] = "unknown",
        [PORT_OPEN] = "open",
        [PORT_FILTERED] = "filtered",
        [PORT_UNFILTERED] = "unfiltered",
        [PORT_CLOSED] = "closed",
        [PORT_OPEN_FILTERED] = "open|filtered",
        [PORT_CLOSED_FILTERED] = "closed|filtered",
    };
    return names[s];
}

const char *reason_name(enum reason r)
{
    static const char *const names[REASON_COUNT] = {
        [REASON_NONE] = "unknown-response",
        [REASON_RESET] = "reset",
        [REASON_CONN_REFUSED] = "conn-refused",
        [REASON_SYN_ACK] = "syn-ack",
        [REASON_SPLIT_HANDSHAKE] = "split-handshake-syn",
        [REASON_UDP_RESPONSE] = "udp-response",
        [REASON_TCP_RESPONSE] = "tcp-response",
        [REASON_PROTO_RESPONSE] = "proto-response",
        [REASON_NET_UNREACH] = "net-unreach",
        [REASON_HOST_UNREACH] = "host-unreach",
        [REASON_PROTO_UNREACH] = "proto-unreach",
        [REASON_PORT_UNREACH] = "port-unreach",
        [REASON_ECHO_REPLY] = "echo-reply",
        [REASON_DEST_UNREACH] = "dest-unreach",
        [REASON_NET_PROHIBITED] = "net-prohibited",
        [REASON_HOST_PROHIBITED] = "host-prohibited",
        [REASON_ADMIN_PROHIBITED] = "admin-prohibited",
        [REASON_TIME_EXCEEDED] = "time-exceeded",
        [REASON_ARP_RESPONSE] = "arp-response",
        [REASON_ND_RESPONSE] = "nd-response",
        [REASON_NO_ROUTE] = "no-route",
        [REASON_BEYOND_SCOPE] = "beyond-scope",
        [REASON_REJECT_ROUTE] = "reject-route",
        [REASON_NO_RESPONSE] = "no-response",
        [REASON_LOCALHOST_RESPONSE] = "localhost-response",
        [REASON_USER_SET] = "user-set",
        [REASON_STAMP_REPLY] = "timestamp-reply",
        [REASON_MASK_REPLY] = "addressmask-reply",
        [REASON_INIT_ACK] = "init-ack",
        [REASON_ABORT] = "abort",
        [REASON_PARAM_PROBLEM] = "param-problem",
    };
    return names[r];
}

enum reason reason_of_unreach(uint8_t code)
{
    switch (code) {
    case 0:
        return REASON_NET_UNREACH;
    case 1:
        return REASON_HOST_UNREACH;
    case 2:
        return REASON_PROTO_UNREACH;
    case 3:
        return REASON_PORT_UNREACH;
    case 9:
        return REASON_NET_PROHIBITED;
    case 10:
        return REASON_HOST_PROHIBITED;
    case 13:
        return REASON_ADMIN_PROHIBITED;
    default:
        return REASON_NONE;
    }
}

enum reason reason_of_unreach6(uint8_t code)
{
    static const uint8_t reasons[] = {
        REASON_NO_ROUTE,     REASON_ADMIN_PROHIBITED, REASON_BEYOND_SCOPE, REASON_HOST_UNREACH,
        REASON_PORT_UNREACH, REASON_ADMIN_PROHIBITED, REASON_REJECT_ROUTE,
    };
    return code < sizeof reasons ? (enum reason)reasons[code] : REASON_NONE;
}
