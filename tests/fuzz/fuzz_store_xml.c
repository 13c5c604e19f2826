/* What a server that speaks S3 or Azure may answer: any bytes. Elements are told with paths that fit each other, texts
 * are UTF-8, and what is said of an error holds no secret. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "store/azure/azure.h"
#include "store/s3/s3.h"
#include "store/xml.h"

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
	if (strstr(path, "/@")) /* an attribute is told behind its element */
		depth--;
	assert(*path == '/' && depth >= 1 && depth <= STORE_XML_DEPTH);
	assert(utf8_valid(path, strlen(path)) && utf8_valid(text, strlen(text)));
	if (depth == 1 && !strstr(path, "/@")) {
		assert(!seen->root);
		seen->root = text_copy(path);
	}
	seen->elements++;
	return NULL;
}

static void check_told(struct error *error)
{
	AUTO(memory) char *text = error_text(error);
	const char *hint = error_hint_text(error);
	assert(strlen(text) < 4000 && !strstr(text, "TheToken0123"));
	assert(!hint || !strstr(hint, "TheToken0123"));
	error_free(error);
}

static void refuse(const uint8_t *data, size_t size)
{
	struct s3 s3 = {.dialect = &s3_dialect_aws, .name = (char[]){"s3://bucket/"}, .region = (char[]){"us-east-1"}};
	struct http_answer answer = {.status = 400};
	AUTO(s3_said) struct s3_said said = {0};
	str_add_n(&answer.body, (const char *)data, size);
	s3_said_read(&answer, &said);
	(void)s3_said_passing(&answer, &said);
	check_told(s3_refusal(&s3, "n", &answer, &said, "TheToken0123"));
	http_answer_cleanup(&answer);
}

static void refuse_as_azure(const uint8_t *data, size_t size)
{
	struct azure azure = {.name = (char[]){"azure://account/container/"}};
	const struct azure_keys keys = {.kind = AZURE_SAS, .secret = (char[]){"TheToken0123"}};
	struct http_answer answer = {.status = 403};
	AUTO(azure_said) struct azure_said said = {0};
	str_add_n(&answer.body, (const char *)data, size);
	azure_said_read(&answer, &said);
	(void)azure_said_passing(&answer, &said);
	check_told(azure_refusal(&azure, "n", &answer, &said, &keys));
	http_answer_cleanup(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen seen = {0};
	AUTO(error) struct error *error = store_xml_read((const char *)data, size, check, &seen);
	assert(error ? error->code == ERR_INPUT : seen.elements && seen.root != NULL);
	free(seen.root);
	refuse(data, size);
	refuse_as_azure(data, size);
	return 0;
}
