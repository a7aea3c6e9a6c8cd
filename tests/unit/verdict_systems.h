// SPDX-License-Identifier: Apache-2.0
// A database of five made up systems, and what a host shows that has the fourth.
#pragma once

// clang-format off
#define SYSTEMS \
    "MatchPoints\nT1(R=100)\n\nFingerprint Alpha 1.2\nClass Acme | Alpha | 1.X | router\n" \
    ALPHA("FE", "5B4", "7") "Fingerprint Alpha 2.0\nClass Acme | Alpha | 2.X | router\n" \
    ALPHA("EE", "5B4", "9") "Fingerprint Linux 5.4\nClass Linux | Linux | 5.X | general " \
    "purpose\n" LINUX("7120", "7") \
    "Fingerprint Linux 6.1\nClass Linux | Linux | 6.X | general purpose\n" LINUX("FE88", "7") \
    "Fingerprint Box\nClass Acme | embedded || printer\nClass Twin | embedded || printer\nT1" \
    "(R=Y%DF=N%T=FA-104%TG=FF%S=O%A=S+%F=AS%RD=0%Q=)\nT5(R=Y%DF=N%T=FA-104%TG=FF%W=1000%S=Z%" \
    "A=S+%F=AR%O=%RD=0%Q=)\n\n"

#define ALPHA(sp, mss, shift) \
    "SEQ(SP=" sp "-108%GCD=1-6%ISR=F0-10A%TI=RD%CI=RD%II=RI%TS=7)\nOPS(O1=M" mss "NW" shift \
    "ST11%O2=M" mss "NW" shift "ST11%O3=M" mss "NW" shift "NNT11%O4=M" mss "NW" shift \
    "ST11%O5=M" mss "NW" shift "ST11%O6=M" mss "ST11)\n" \
    "WIN(W1=FFFF%W2=FFFF%W3=FFFF%W4=FFFF%W5=FFFF%W6=FFFF)\n" \
    "ECN(R=Y%DF=N%T=3B-45%TG=40%W=FFFF%O=M" mss "NW" shift "SLL%CC=N%Q=)\n" \
    "T1(R=Y%DF=N%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)\nT2(R=N)\nT3(R=Y%DF=N%T=3B-45%TG=40%" \
    "W=FFFF%S=O%A=S+%F=AS%O=M" mss "NW" shift "ST11%RD=0%Q=)\n" \
    "T4(R=Y%DF=N%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)\n" \
    "T5(R=Y%DF=N%T=3B-45%TG=40%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)\n" \
    "T6(R=Y%DF=N%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)\n" \
    "T7(R=Y%DF=N%T=3B-45%TG=40%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)\n" \
    "U1(R=Y%DF=N%T=3B-45%TG=40%IPL=38%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=0%RUD=G)\n" \
    "IE(R=Y%DFI=S%T=3B-45%TG=40%CD=S)\n\n"

#define LINUX(window, shift) \
    "SEQ(SP=FC-106%GCD=1-6%ISR=104-10E%TI=Z%CI=Z%II=I%TS=A)\nOPS(O1=M5B4ST11NW" shift \
    "%O2=M578ST11NW" shift "%O3=M5B4NNT11NW" shift "%O4=M5B4ST11NW" shift "%O5=M5B4ST11NW" \
    shift "%O6=M5B4ST11)\nWIN(W1=" window "%W2=" window "%W3=" window "%W4=" window "%W5=" \
    window "%W6=" window ")\nECN(R=Y%DF=Y%T=3B-45%TG=40%W=7210%O=M5B4NNSNW" shift "%CC=Y%Q=)\n" \
    "T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)\nT2(R=N)\nT3(R=N)\n" \
    "T4(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)\n" \
    "T5(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)\n" \
    "T6(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)\n" \
    "T7(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)\n" \
    "U1(R=Y%DF=N%T=3B-45%TG=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)\n" \
    "IE(R=Y%DFI=N%T=3B-45%TG=40%CD=S)\n\n"

// Lines of a host with Linux 6.1.
#define SEEN_SEQ \
    "SEQ(SP=101%GCD=1%ISR=10A%TI=Z%CI=Z%II=I%TS=A)\n"

#define SEEN_OPS \
    "OPS(O1=M5B4ST11NW7%O2=M578ST11NW7%O3=M5B4NNT11NW7%O4=M5B4ST11NW7%O5=M5B4ST11NW7%" \
    "O6=M5B4ST11)\n"

#define SEEN_WIN \
    "WIN(W1=FE88%W2=FE88%W3=FE88%W4=FE88%W5=FE88%W6=FE88)\n"

#define SEEN_ECN \
    "ECN(R=Y%DF=Y%T=40%W=7210%O=M5B4NNSNW7%CC=Y%Q=)\n"

#define SEEN_T1 \
    "T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)\n"

#define SEEN_T2_T4 \
    "T2(R=N)\nT3(R=N)\nT4(R=Y%DF=Y%T=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)\n"

#define SEEN_CLOSED \
    "T5(R=Y%DF=Y%T=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)\n" \
    "T6(R=Y%DF=Y%T=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)\n" \
    "T7(R=Y%DF=Y%T=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)\n"

#define SEEN_ICMP \
    "U1(R=Y%DF=N%T=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)\n" \
    "IE(R=Y%DFI=N%T=40%CD=S)\n"

#define SEEN \
    SEEN_SEQ SEEN_OPS SEEN_WIN SEEN_ECN SEEN_T1 SEEN_T2_T4 SEEN_CLOSED SEEN_ICMP

// clang-format on

enum { ALPHA_1, ALPHA_2, LINUX_5, LINUX_6, BOX };
