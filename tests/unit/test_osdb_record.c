// SPDX-License-Identifier: Apache-2.0
#include "osdb_load.h"

#define RECORD POINTS "Fingerprint a\n" // its next line is line 8

static struct osdb_class class_of(const struct load *l, uint32_t i)
{
    return osdb_class_at(l->db, osdb_ref_at(l->db, 0).first_class + i);
}

static void test_classes(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, QUIRKS_NONE,
              RECORD "Class  V | F |\t| a|b # c \nCPE cpe:/o:v:f auto\nT1(R=N)\nCPE  cpe:/h:x\ty\n"
                     "Class |  ||\nClass W|W|1.X|phone\n");
    assert_string_equal(l.errors, "");
    const struct osdb_ref ref = osdb_ref_at(l.db, 0);
    assert_int_equal(ref.n_classes, 2);
    const struct osdb_class c[] = {class_of(&l, 0), class_of(&l, 1)};
    check_span(c[0].vendor, "V");
    check_span(c[0].family, "F");
    check_span(c[0].generation, NULL);
    check_span(c[0].type, "a|b # c");
    assert_int_equal(c[0].n_cpe, 2);
    check_span(osdb_cpe_at(l.db, c[0].first_cpe), "cpe:/o:v:f");
    check_span(osdb_cpe_at(l.db, c[0].first_cpe + 1), "cpe:/h:x");
    check_span(c[1].generation, "1.X");
    assert_int_equal(c[1].n_cpe, 0);
    load_fini(&l);
}

static void test_class_errors(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, QUIRKS_NONE,
              RECORD "CPE cpe:/o:early\nClass A|A|1|x\nClass B|B|2\nCPE cpe:/o:b\nCPE \n"
                     "Class C|C|3|y\nCPE \nCPE cpe:/o:c\n");
    assert_string_equal(l.errors, "8:5 \"CPE\" without a \"Class\" before it [cpe:/o:early]\n"
                                  "10:7 class with fewer than four fields [B|B|2]\n"
                                  "14:5 \"CPE\" without a name []\n");
    const struct osdb_ref ref = osdb_ref_at(l.db, 0);
    assert_int_equal(ref.n_classes, 2);
    assert_int_equal(class_of(&l, 0).n_cpe, 0);
    assert_int_equal(class_of(&l, 1).n_cpe, 1);
    load_fini(&l);
    load_text(&l, QUIRKS_793, RECORD "Class |||\nCPE cpe:/o:x\n");
    assert_string_equal(l.errors, "");
    assert_int_equal(osdb_ref_at(l.db, 0).n_classes, 1);
    load_fini(&l);
}

static void test_class_limits(void **state)
{
    (void)state;
    static char text[8192];
    struct load l;
    struct buf b;
    buf_init(&b, text, sizeof text - 1);
    buf_str(&b, RECORD);
    for (int i = 0; i < LIMIT_DB_CLASSES; i++)
        buf_str(&b, "Class A|A|1|x\n");
    for (int i = 0; i < LIMIT_DB_CPES + 1; i++)
        buf_str(&b, "CPE c\n");
    buf_str(&b, "Class B|B|1|x\nCPE lost\n");
    *b.p = '\0';
    load_text(&l, QUIRKS_NONE, text);
    assert_string_equal(l.errors, "88:5 too many CPE names [c]\n89:7 too many classes [B|B|1|x]\n");
    const struct osdb_ref ref = osdb_ref_at(l.db, 0);
    assert_int_equal(ref.n_classes, LIMIT_DB_CLASSES);
    assert_int_equal(class_of(&l, LIMIT_DB_CLASSES - 1).n_cpe, LIMIT_DB_CPES);
    load_fini(&l);
}

struct r_row {
    const char *line;
    const char *r;  // the expression of R afterwards
    const char *df; // and of DF
    const char *error;
};

static void check_r(const struct r_row *row, enum quirks quirks)
{
    char text[512];
    struct load l;
    struct buf b;
    buf_init(&b, text, sizeof text - 1);
    buf_str(&b, RECORD);
    buf_str(&b, row->line);
    *b.p = '\0';
    load_text(&l, quirks, text);
    assert_string_equal(l.errors, row->error);
    check_expr(&l, 0, TEST_T2, "R", row->r);
    check_expr(&l, 0, TEST_T2, "DF", row->df);
    load_fini(&l);
}

static void test_r(void **state)
{
    (void)state;
    static const struct r_row now[] = {
        {"T2(DF=N)", "Y", "N", ""},
        {"T2(R=Y|N%DF=N)", "Y|N", "N", ""},
        {"T2()", "N", NULL, ""},
        {"T2(R=N)", "N", NULL, ""},
        {"T2(R=N%DF=N)", NULL, NULL, "8:6 attributes of a reply, but R is not Y [N]\n"},
        {"T2(R=Y)", NULL, NULL, "8:6 R alone must be N [Y]\n"},
        {"T2(R=)", NULL, NULL, "8:6 R alone must be N []\n"},
    };
    static const struct r_row old[] = {
        {"T2(DF=N)", NULL, "N", ""},
        {"T2()", NULL, NULL, ""},
        {"T2(R=N%DF=N)", "N", "N", ""},
        {"T2(R=Y)", "Y", NULL, ""},
        {"T2(R=Y%ZZ=1%R=N)", "Y", NULL, ""},
        {"T2(RN)", NULL, NULL, "8:4 attribute without \"=\" [RN]\n"},
    };
    for (size_t i = 0; i < sizeof now / sizeof now[0]; i++) {
        check_r(&now[i], QUIRKS_NONE);
        check_r(&now[i], QUIRKS_7991);
    }
    for (size_t i = 0; i < sizeof old / sizeof old[0]; i++)
        check_r(&old[i], QUIRKS_793);
}

static void test_lines(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, QUIRKS_NONE,
              RECORD "SEQ(SP=1%TI=I)\nOPS(R=N)\nSEQ(TI=Z)\nT2(R=N) text\nSEQ(XX=1)\n T1(R=N)\n"
                     "OPS(O1=M5%O2=M[5%O3=)\nWIN(W1=[5)\nSEQ(R=Y)\n\tx\n");
    assert_string_equal(l.errors, "12:5 unknown attribute [XX]\n"
                                  "13:1 unknown test [ T1]\n"
                                  "14:15 \"[\" without \"]\" [[5]\n"
                                  "16:5 unknown attribute [R]\n"
                                  "17:1 test line without \"(\" [\\x09x]\n");
    check_expr(&l, 0, TEST_SEQ, "SP", NULL); // a repeated line replaces
    check_expr(&l, 0, TEST_SEQ, "TI", "Z");
    check_expr(&l, 0, TEST_OPS, "O1", NULL);
    check_expr(&l, 0, TEST_T2, "R", "N");
    check_expr(&l, 0, TEST_WIN, "W1", "[5"); // no brackets there
    load_fini(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),      cmocka_unit_test(test_class_errors),
        cmocka_unit_test(test_class_limits), cmocka_unit_test(test_r),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
