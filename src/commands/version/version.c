/* Versions of owctl and of the libraries it runs with, and what of Open WebUI it knows. */
#include <archive.h>
#include <crypt.h>
#include <curl/curl.h>
#include <expat.h>
#include <gnu/libc-version.h>
#include <hiredis/hiredis.h>
#include <jansson.h>
#include <libfyaml.h>
#include <libpq-fe.h>
#include <openssl/crypto.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <readline/readline.h>
#include <sodium.h>
#include <sqlite3.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#include "base/memory.h"
#include "cli/context.h"
#include "commands/commands.h"
#include "openwebui/release.h"
#include "openwebui/revision.h"

/* What a row is made of has to be there until its end. */
struct texts {
	struct strings made, releases, revisions;
};

static void texts_cleanup(struct texts *texts)
{
	strings_cleanup(&texts->made);
	strings_cleanup(&texts->releases);
	strings_cleanup(&texts->revisions);
}

static const char *keep(struct texts *texts, char *text)
{
	strings_add_taken(&texts->made, text);
	return text;
}

/* 3006002 with `base` 1000 is 3.6.2. */
static const char *of_number(struct texts *texts, unsigned number, unsigned base)
{
	return keep(texts, text_format("%u.%u.%u", number / base / base, number / base % base, number % base));
}

/* It says "10.42 2022-12-11". */
static const char *of_pcre2(struct texts *texts)
{
	char text[64] = "";
	pcre2_config(PCRE2_CONFIG_VERSION, text);
	return keep(texts, text_copy_n(text, strcspn(text, " ")));
}

/* Of each its column, what it is, and its version. hiredis and libcrypt tell theirs to the compiler alone. */
#define LIBRARIES(LIBRARY)                                                                                        \
	LIBRARY("sqlite", "SQLite", sqlite3_libversion())                                                         \
	LIBRARY("libpq", "PostgreSQL's client library",                                                           \
		keep(texts, text_format("%d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000)))                \
	LIBRARY("libcurl", "libcurl", curl_version_info(CURLVERSION_NOW)->version)                                \
	LIBRARY("openssl", "OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING))                                    \
	LIBRARY("libfyaml", "libfyaml", fy_library_version())                                                     \
	LIBRARY("libsodium", "libsodium", sodium_version_string())                                                \
	LIBRARY("jansson", "Jansson", jansson_version_str())                                                      \
	LIBRARY("hiredis", "hiredis that it was built with",                                                      \
		keep(texts, text_format("%d.%d.%d", HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH)))                \
	LIBRARY("libarchive", "libarchive", of_number(texts, (unsigned)archive_version_number(), 1000))           \
	LIBRARY("zstd", "Zstandard", ZSTD_versionString())                                                        \
	LIBRARY("xxhash", "xxHash", of_number(texts, XXH_versionNumber(), 100))                                   \
	LIBRARY("pcre2", "PCRE2", of_pcre2(texts))                                                                \
	LIBRARY("expat", "Expat", XML_ExpatVersion() + strlen("expat_"))                                          \
	LIBRARY("readline", "GNU Readline", rl_library_version)                                                   \
	LIBRARY("libcrypt", "libcrypt that it was built with", XCRYPT_VERSION_STR)                                \
	LIBRARY("glibc", "the GNU C library", gnu_get_libc_version())

#define LIBRARY_COLUMN(column, title, version) {.name = (column), .type = COLUMN_TEXT, .help = "version of " title},
#define PRINT_LIBRARY(column, title, version) output_string(output, version);

static const struct column columns[] = {
	{.name = "owctl", .type = COLUMN_TEXT, .help = "version of owctl"},
	{.name = "newest_release", .type = COLUMN_TEXT, .help = "newest release of Open WebUI that it knows"},
	{.name = "newest_revision", .type = COLUMN_TEXT, .help = "newest revision of the database that it knows"},
	LIBRARIES(LIBRARY_COLUMN)
	{.name = "releases", .type = COLUMN_TEXTS, .extra = true,
	 .help = "releases of Open WebUI that it knows, oldest first"},
	{.name = "revisions", .type = COLUMN_TEXTS, .extra = true,
	 .help = "revisions of the database that it knows, oldest first"},
	{0},
};

static void print_libraries(struct output *output, struct texts *texts)
{
	LIBRARIES(PRINT_LIBRARY)
}

static void print_known(struct output *output, struct texts *texts)
{
	for (int i = 0; release_at(i); i++)
		strings_add(&texts->releases, release_at(i)->version);
	for (int ordinal = 1; ordinal <= revision_count(); ordinal++)
		strings_add(&texts->revisions, revision_at(ordinal)->id);
	output_texts(output, (const char *const *)texts->releases.items, texts->releases.count);
	output_texts(output, (const char *const *)texts->revisions.items, texts->revisions.count);
}

static fallible run(struct context *context, const void *values UNUSED)
{
	AUTO(texts) struct texts texts = {0};
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	output_string(output, OWCTL_VERSION);
	output_string(output, release_latest()->version);
	output_string(output, revision_head()->id);
	print_libraries(output, &texts);
	print_known(output, &texts);
	TRY(output_row(output));
	return output_close(output);
}

static const struct example examples[] = {
	{"owctl version", "print the versions"},
	{"owctl version -o json --columns owctl", "print owctl's own version for a program"},
	{"owctl version --columns releases", "print the releases of Open WebUI that it knows"},
	{0},
};

const struct command version_command = {
	.name = "version",
	.summary = "show the versions of owctl and its libraries",
	.description =
		"Prints the version of owctl, the newest release and revision of Open WebUI that it knows, and the "
		"versions of the libraries it runs with, as they were found at run time. `-o json` lists all "
		"releases and revisions as well.",
	.examples = examples,
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.standalone = true,
	.size = 1,
	.run = run,
};
