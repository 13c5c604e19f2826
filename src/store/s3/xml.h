/* The XML that S3 and STS answer, over expat: elements and their texts; attributes and name spaces do not matter. */
#ifndef STORE_S3_XML_H
#define STORE_S3_XML_H

#include <stddef.h>

#include "base/error.h"

#define S3_XML_DEPTH 16

/* Called at the end of each element, the inner ones before the outer one. `path` is "/ListBucketResult/Contents/Key",
 * `text` what stands directly in it, with what is escaped as it is meant. Both are borrowed. */
typedef fallible s3_xml_element(void *state, const char *path, const char *text);

/* ERR_INPUT: no well-formed XML, a document type (S3 has none, and entities come with it), or deeper than
 * S3_XML_DEPTH. An error of `element` is passed on. */
fallible s3_xml_read(const char *bytes, size_t size, s3_xml_element *element, void *state) MUST_CHECK;

#endif
