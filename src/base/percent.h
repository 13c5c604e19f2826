/* Percent-encoding (RFC 3986, section 2). */
#ifndef BASE_PERCENT_H
#define BASE_PERCENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Appends `size` bytes with all but letters, digits, "-", ".", "_", "~" and those of `keep` as %XX, upper case. */
void percent_encode(struct str *out, const char *bytes, size_t size, const char *keep);

/* Appends what `size` bytes mean. False for a "%" without two hexadecimal digits, for %00 and what is not UTF-8. */
bool percent_decode(struct str *out, const char *text, size_t size) MUST_CHECK;

#endif
