/* What owctl's own idiom adds to jansson, which writes and reads the JSON of our own formats. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>

#include "base/str.h"

static inline void json_cleanup(json_t **json)
{
	json_decref(*json);
}

/* Appends it on one line, members in their order, with a newline at its end. */
void json_add_line(struct str *out, const json_t *json);

#endif
