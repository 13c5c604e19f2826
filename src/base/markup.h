/* Text inside of XML and HTML. */
#ifndef BASE_MARKUP_H
#define BASE_MARKUP_H

#include <stddef.h>

#include "base/str.h"

/* Appends text for the content of an element, or for an attribute in quotes of either kind, of XML 1.0 and of HTML
 * alike: what could begin markup or end the attribute as an entity; line ends and tabs as a blank; as U+FFFD bytes that
 * are not UTF-8, what XML can't have, and what utf8_is_unsafe names, so that no name looks like another one. */
void markup_add(struct str *out, const char *bytes, size_t size);

#endif
