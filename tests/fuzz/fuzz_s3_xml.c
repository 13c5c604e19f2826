/* What a server that speaks S3 may answer: any bytes. Elements are told with paths that fit each other, texts are
 * UTF-8, and what is said of an error holds no session token. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "store/s3/s3.h"
#include "store/s3/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	unsigned elements;
	char *root;
};

static fallible check(void *state, const char *path, const char *text)
{
	struct seen *seen = state;
	unsigned depth = 0;
	for (const char *c = path; *c; c++)
		depth += *c == '/';
	assert(*path == '/' && depth >= 1 && depth <= S3_XML_DEPTH);
	assert(utf8_valid(path, strlen(path)) && utf8_valid(text, strlen(text)));
	if (depth == 1) {
		assert(!seen->root);
		seen->root = text_copy(path);
	}
	seen->elements++;
	return NULL;
}

static void refuse(const uint8_t *data, size_t size)
{
	struct s3 s3 = {.dialect = &s3_dialect_aws, .name = (char[]){"s3://bucket/"}, .region = (char[]){"us-east-1"}};
	struct http_answer answer = {.status = 400};
	AUTO(s3_said) struct s3_said said = {0};
	str_add_n(&answer.body, (const char *)data, size);
	s3_said_read(&answer, &said);
	(void)s3_said_passing(&answer, &said);
	AUTO(error) struct error *error = s3_refusal(&s3, "n", &answer, &said, "TheToken0123");
	AUTO(memory) char *text = error_text(error);
	const char *hint = error_hint_text(error);
	assert(strlen(text) < 4000 && !strstr(text, "TheToken0123"));
	assert(!hint || !strstr(hint, "TheToken0123"));
	http_answer_cleanup(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen seen = {0};
	AUTO(error) struct error *error = s3_xml_read((const char *)data, size, check, &seen);
	assert(error ? error->code == ERR_INPUT : seen.elements && seen.root != NULL);
	free(seen.root);
	refuse(data, size);
	return 0;
}
