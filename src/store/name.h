/* Names of objects (store.h): which there can be. */
#ifndef STORE_NAME_H
#define STORE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* At most 900 bytes (S3 takes 1024, with the prefix of the place), no part of it empty, "." or "..", or over 255 bytes,
 * which is what a file system takes. */
bool store_name_valid(const char *name);

/* The name of a file that is being written has this form, and no object has: */
#define STORE_PART_SIZE 32 /* with its NUL */
void store_part_new(char name[static STORE_PART_SIZE]); /* ".owctl-" 16 hexadecimal digits ".part" */
bool store_is_part(const char *name);

#endif
