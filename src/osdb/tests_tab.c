// SPDX-License-Identifier: Apache-2.0
// The tests and attributes of a fingerprint in printing order: os-detection specification 3.1,
// first-generation specification 4, os-ipv6 specification 2.5.
// The same attribute name in different tests is a different attribute.
#include "osdb/osdb.h"

// clang-format off
const struct osdb_test_info osdb_tests[TEST_COUNT] = {
    [TEST_SEQ] = {"SEQ", 0, 8, false},
    [TEST_OPS] = {"OPS", 8, 6, false},
    [TEST_WIN] = {"WIN", 14, 6, false},
    [TEST_ECN] = {"ECN", 20, 8, true},
    [TEST_T1] = {"T1", 28, 9, true},
    [TEST_T2] = {"T2", 37, 11, true},
    [TEST_T3] = {"T3", 48, 11, true},
    [TEST_T4] = {"T4", 59, 11, true},
    [TEST_T5] = {"T5", 70, 11, true},
    [TEST_T6] = {"T6", 81, 11, true},
    [TEST_T7] = {"T7", 92, 11, true},
    [TEST_U1] = {"U1", 103, 11, true},
    [TEST_IE] = {"IE", 114, 5, true},
    [TEST_TSEQ] = {"TSeq", 119, 6, false},
    [TEST_F1 + 0] = {"T1", 125, 6, true},
    [TEST_F1 + 1] = {"T2", 131, 6, true},
    [TEST_F1 + 2] = {"T3", 137, 6, true},
    [TEST_F1 + 3] = {"T4", 143, 6, true},
    [TEST_F1 + 4] = {"T5", 149, 6, true},
    [TEST_F1 + 5] = {"T6", 155, 6, true},
    [TEST_F1 + 6] = {"T7", 161, 6, true},
    [TEST_PU] = {"PU", 167, 10, true},
    [TEST_N6] = {"N6", 177, 20, false},
};

const struct osdb_gen_info osdb_gens[OSDB_GENS] = {
    [OSDB_SECOND] = {TEST_SEQ, TEST_TSEQ, 0, 119},
    [OSDB_FIRST] = {TEST_TSEQ, TEST_N6 - TEST_TSEQ, 119, 58},
    [OSDB_NATIVE] = {TEST_N6, 1, 177, ATTR_COUNT - 177},
};

#define T2_TO_T7 "R", "DF", "T", "TG", "W", "S", "A", "F", "O", "RD", "Q"

#define F1_TO_F7 "Resp", "DF", "W", "ACK", "Flags", "Ops"

const char *const osdb_attr_names[ATTR_COUNT] = {
    "SP", "GCD", "ISR", "TI", "CI", "II", "SS", "TS",
    "O1", "O2", "O3", "O4", "O5", "O6",
    "W1", "W2", "W3", "W4", "W5", "W6",
    "R", "DF", "T", "TG", "W", "O", "CC", "Q",
    "R", "DF", "T", "TG", "S", "A", "F", "RD", "Q",
    T2_TO_T7, T2_TO_T7, T2_TO_T7, T2_TO_T7, T2_TO_T7, T2_TO_T7,
    "R", "DF", "T", "TG", "IPL", "UN", "RIPL", "RID", "RIPCK", "RUCK", "RUD",
    "R", "DFI", "T", "TG", "CD",
    "Class", "Val", "gcd", "SI", "IPID", "TS",
    F1_TO_F7, F1_TO_F7, F1_TO_F7, F1_TO_F7, F1_TO_F7, F1_TO_F7, F1_TO_F7,
    "Resp", "DF", "TOS", "IPLEN", "RIPTL", "RID", "RIPCK", "UCK", "ULEN", "DAT",
    "FL", "FR", "FE", "FU", "HS", "HR", "HE", "HU", "CS", "CE", "CU",
    "X1", "X2", "XP", "XQ", "NF", "NL", "UQ", "US", "FI",
};
// clang-format on
