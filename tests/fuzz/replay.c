// SPDX-License-Identifier: Apache-2.0
// A plain main for fuzz targets: feeds every file of the corpus folders given, so that the normal
// tests cover what fuzzing found.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int feed(const char *dir, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        return 1;
    }
    const size_t max = 1 << 20;
    uint8_t *data = malloc(max);
    const size_t n = data ? fread(data, 1, max, f) : 0;
    // An exact copy, so that a read past the end is seen by the sanitizer.
    uint8_t *exact = malloc(n ? n : 1);
    for (size_t i = 0; i < n; i++)
        exact[i] = data[i];
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    free(data);
    fclose(f);
    return 0;
}

int main(int argc, char **argv)
{
    int failed = 0, n = 0;
    for (int i = 1; i < argc; i++) {
        DIR *d = opendir(argv[i]);
        if (!d) {
            perror(argv[i]);
            return 1;
        }
        for (const struct dirent *e = readdir(d); e; e = readdir(d)) {
            if (e->d_name[0] == '.')
                continue;
            failed |= feed(argv[i], e->d_name);
            n++;
        }
        closedir(d);
    }
    printf("%d inputs\n", n);
    return failed || n == 0;
}
