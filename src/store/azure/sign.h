/* Shared Key, by which the key of a storage account signs. Source: "Authorize with Shared Key", Azure Storage REST API
 * reference (authorize-with-shared-key), for Blob Storage of version 2015-02-21 and later. */
#ifndef STORE_AZURE_SIGN_H
#define STORE_AZURE_SIGN_H

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

/* Of a query, as they are meant; in any order, a value may be "". Borrowed. */
struct azure_parameter {
	const char *name, *value;
};

struct azure_to_sign {
	const char *method, *account;
	const char *path; /* encoded, as it is sent */
	const struct azure_parameter *parameters; /* names in lower case, none twice */
	size_t parameter_count;
	size_t body_size;
	const struct strings *headers; /* "Name: value"; all of x-ms- are signed, and those that the format names */
};

/* What is signed; to be freed. */
char *azure_string_to_sign(const struct azure_to_sign *request) MUST_CHECK;

/* The header that goes with the request; `key` is in base64. ERR_SETTINGS where it is not. To be freed. */
fallible azure_sign(const struct azure_to_sign *request, const char *key, char **header) MUST_CHECK;

#endif
