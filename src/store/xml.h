/* The XML that S3, STS and Azure answer, over expat: elements, their texts and attributes; name spaces do not matter.
 */
#ifndef STORE_XML_H
#define STORE_XML_H

#include <stddef.h>

#include "base/error.h"

#define STORE_XML_DEPTH 16

/* Called at the end of each element, the inner ones before the outer one. `path` is "/ListBucketResult/Contents/Key",
 * `text` what stands directly in it, with what is escaped as it is meant. Its attributes are told before, when it
 * begins, with paths as "/Blobs/Blob/Name/@Encoded". All is borrowed. */
typedef fallible store_xml_element(void *state, const char *path, const char *text);

/* ERR_INPUT: no well-formed XML, a document type (none of them has one, and entities come with it), or deeper than
 * STORE_XML_DEPTH. An error of `element` is passed on. */
fallible store_xml_read(const char *bytes, size_t size, store_xml_element *element, void *state) MUST_CHECK;

#endif
