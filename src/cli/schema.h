/* The schema that no command owns. */
#ifndef CLI_SCHEMA_H
#define CLI_SCHEMA_H

#include "base/str.h"

/* Of the error object that every command prints with -o json; see base/log.h. */
void schema_write_error(struct str *out);

#endif
