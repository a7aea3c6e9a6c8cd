// SPDX-License-Identifier: Apache-2.0
// Words that tell a kernel: in names of systems, in what services say of themselves, in names of
// makers and hosts.
#include "verdict/words.h"

const char *const kin_names[KIN_COUNT] = {
    "nothing", "Linux", "Windows", "Apple",     "FreeBSD", "OpenBSD",     "NetBSD",
    "Solaris", "AIX",   "HP-UX",   "Cisco IOS", "Junos",   "VMware ESXi",
};

// Families of databases, whole.
const struct kin_word kin_families[] = {
    {"Linux", KIN_LINUX, NULL},         {"Android", KIN_LINUX, NULL},
    {"RouterOS", KIN_LINUX, NULL},      {"DiskStation Manager", KIN_LINUX, NULL},
    {"Chrome OS", KIN_LINUX, NULL},     {"Tizen", KIN_LINUX, NULL},
    {"webOS", KIN_LINUX, NULL},         {"Windows", KIN_WINDOWS, NULL},
    {"Mac OS X", KIN_APPLE, NULL},      {"macOS", KIN_APPLE, NULL},
    {"OS X", KIN_APPLE, NULL},          {"FreeBSD", KIN_FREEBSD, NULL},
    {"OpenBSD", KIN_OPENBSD, NULL},     {"NetBSD", KIN_NETBSD, NULL},
    {"Solaris", KIN_SOLARIS, NULL},     {"SunOS", KIN_SOLARIS, NULL},
    {"OpenSolaris", KIN_SOLARIS, NULL}, {"AIX", KIN_AIX, NULL},
    {"HP-UX", KIN_HPUX, NULL},          {"IOS XE", KIN_CISCO, NULL},
    {"JUNOS", KIN_JUNOS, NULL},         {"ESXi", KIN_VMWARE, NULL},
    {"ESX Server", KIN_VMWARE, NULL},   {NULL, KIN_NONE, NULL},
};

// In OS fields and CPE names of services, and in their versions; the first that is found counts.
const struct kin_word kin_services[] = {
    {"raspbian", KIN_LINUX, "Raspbian"},
    {"ubuntu", KIN_LINUX, "Ubuntu"},
    {"debian", KIN_LINUX, "Debian"},
    {"+deb", KIN_LINUX, "Debian"},
    {"centos", KIN_LINUX, "CentOS"},
    {"fedora", KIN_LINUX, "Fedora"},
    {"red hat", KIN_LINUX, "Red Hat"},
    {"redhat", KIN_LINUX, "Red Hat"},
    {"opensuse", KIN_LINUX, "openSUSE"},
    {"suse", KIN_LINUX, "SUSE"},
    {"alpine", KIN_LINUX, "Alpine"},
    {"gentoo", KIN_LINUX, "Gentoo"},
    {"openwrt", KIN_LINUX, "OpenWrt"},
    {"amazon linux", KIN_LINUX, "Amazon Linux"},
    {"mikrotik", KIN_LINUX, "RouterOS"},
    {"synology", KIN_LINUX, "Synology"},
    {"android", KIN_LINUX, "Android"},
    {"linux", KIN_LINUX, NULL},
    {"freebsd", KIN_FREEBSD, NULL},
    {"pfsense", KIN_FREEBSD, "pfSense"},
    {"openbsd_", KIN_NONE, NULL}, // the vendor of OpenSSH
    {"openbsd:openssh", KIN_NONE, NULL},
    {"openbsd", KIN_OPENBSD, NULL},
    {"netbsd", KIN_NETBSD, NULL},
    {"mac os x", KIN_APPLE, NULL},
    {"macos", KIN_APPLE, NULL},
    {"darwin", KIN_APPLE, NULL},
    {"windows", KIN_WINDOWS, NULL},
    {"win32", KIN_WINDOWS, NULL},
    {"win64", KIN_WINDOWS, NULL},
    {"microsoft", KIN_WINDOWS, NULL},
    {"solaris", KIN_SOLARIS, NULL},
    {"sunos", KIN_SOLARIS, NULL},
    {"hp-ux", KIN_HPUX, NULL},
    {"cisco ios", KIN_CISCO, NULL},
    {"junos", KIN_JUNOS, NULL},
    {"esxi", KIN_VMWARE, NULL},
    {NULL, KIN_NONE, NULL},
};

// Makers of network interfaces whose devices run one system.
const struct kin_word kin_makers[] = {
    {"apple", KIN_APPLE, NULL},          {"routerboard", KIN_LINUX, "RouterOS"},
    {"synology", KIN_LINUX, "Synology"}, {"qnap", KIN_LINUX, "QNAP"},
    {"raspberry", KIN_LINUX, NULL},      {"juniper", KIN_JUNOS, NULL},
    {"cisco", KIN_CISCO, NULL},          {NULL, KIN_NONE, NULL},
};

const struct kin_word kin_hosts[] = {
    {"desktop-", KIN_WINDOWS, NULL}, {"win-", KIN_WINDOWS, NULL},      {"iphone", KIN_APPLE, NULL},
    {"ipad", KIN_APPLE, NULL},       {"macbook", KIN_APPLE, NULL},     {"imac", KIN_APPLE, NULL},
    {"android", KIN_LINUX, NULL},    {"raspberrypi", KIN_LINUX, NULL}, {"openwrt", KIN_LINUX, NULL},
    {NULL, KIN_NONE, NULL},
};

// In subjects and issuers of certificates that devices make for themselves.
const struct kin_word kin_certificates[] = {
    {"vmware esx", KIN_VMWARE, NULL},
    {"vmware engineering", KIN_VMWARE, NULL},
    {"proxmox virtual environment", KIN_LINUX, "Proxmox"},
    {"synology", KIN_LINUX, "Synology"},
    {"qnap", KIN_LINUX, "QNAP"},
    {"ubiquiti", KIN_LINUX, "Ubiquiti"},
    {"openwrt", KIN_LINUX, "OpenWrt"},
    {"mikrotik", KIN_LINUX, "RouterOS"},
    {"pfsense webconfigurator", KIN_FREEBSD, "pfSense"},
    {"opnsense", KIN_FREEBSD, "OPNsense"},
    {"truenas", KIN_NONE, NULL}, // FreeBSD before, Linux now
    {"ios-self-signed-certificate", KIN_CISCO, NULL},
    {"juniper", KIN_JUNOS, NULL},
    {"cn=desktop-", KIN_WINDOWS, NULL},
    {"cn=win-", KIN_WINDOWS, NULL},
    {NULL, KIN_NONE, NULL},
};
