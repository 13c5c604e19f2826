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

static const struct column columns[] = {
	{.name = "owctl", .type = COLUMN_TEXT, .help = "version of owctl"},
	{.name = "newest_release", .type = COLUMN_TEXT, .help = "newest release of Open WebUI that it knows"},
	{.name = "newest_revision", .type = COLUMN_TEXT, .help = "newest revision of the database that it knows"},
	{.name = "sqlite", .type = COLUMN_TEXT, .help = "version of SQLite"},
	{.name = "libpq", .type = COLUMN_TEXT, .help = "version of PostgreSQL's client library"},
	{.name = "libcurl", .type = COLUMN_TEXT, .help = "version of libcurl"},
	{.name = "openssl", .type = COLUMN_TEXT, .help = "version of OpenSSL"},
	{.name = "libfyaml", .type = COLUMN_TEXT, .help = "version of libfyaml"},
	{.name = "libsodium", .type = COLUMN_TEXT, .help = "version of libsodium"},
	{.name = "jansson", .type = COLUMN_TEXT, .help = "version of Jansson"},
	{.name = "hiredis", .type = COLUMN_TEXT, .help = "version of hiredis that it was built with"},
	{.name = "libarchive", .type = COLUMN_TEXT, .help = "version of libarchive"},
	{.name = "zstd", .type = COLUMN_TEXT, .help = "version of Zstandard"},
	{.name = "xxhash", .type = COLUMN_TEXT, .help = "version of xxHash"},
	{.name = "pcre2", .type = COLUMN_TEXT, .help = "version of PCRE2"},
	{.name = "expat", .type = COLUMN_TEXT, .help = "version of Expat"},
	{.name = "readline", .type = COLUMN_TEXT, .help = "version of GNU Readline"},
	{.name = "libcrypt", .type = COLUMN_TEXT, .help = "version of libcrypt that it was built with"},
	{.name = "glibc", .type = COLUMN_TEXT, .help = "version of the GNU C library"},
	{.name = "releases", .type = COLUMN_TEXTS, .extra = true,
	 .help = "releases of Open WebUI that it knows, oldest first"},
	{.name = "revisions", .type = COLUMN_TEXTS, .extra = true,
	 .help = "revisions of the database that it knows, oldest first"},
	{0},
};

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

static void print_made(struct output *output, struct texts *texts, char *text)
{
	strings_add_taken(&texts->made, text);
	output_string(output, text);
}

static void print_numbers(struct output *output, struct texts *texts, unsigned major, unsigned minor, unsigned patch)
{
	print_made(output, texts, text_format("%u.%u.%u", major, minor, patch));
}

/* It says "10.42 2022-12-11". */
static char *pcre2_version(void)
{
	char text[64] = "";
	pcre2_config(PCRE2_CONFIG_VERSION, text);
	return text_copy_n(text, strcspn(text, " "));
}

/* In the order of `columns`. hiredis and libcrypt tell their version to the compiler alone. */
static void print_libraries(struct output *output, struct texts *texts)
{
	const unsigned archive = (unsigned)archive_version_number(), xxhash = XXH_versionNumber();
	const XML_Expat_Version expat = XML_ExpatVersionInfo();
	output_string(output, sqlite3_libversion());
	print_made(output, texts, text_format("%d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000));
	output_string(output, curl_version_info(CURLVERSION_NOW)->version);
	output_string(output, OpenSSL_version(OPENSSL_VERSION_STRING));
	output_string(output, fy_library_version());
	output_string(output, sodium_version_string());
	output_string(output, jansson_version_str());
	print_numbers(output, texts, HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);
	print_numbers(output, texts, archive / 1000000, archive / 1000 % 1000, archive % 1000);
	output_string(output, ZSTD_versionString());
	print_numbers(output, texts, xxhash / 10000, xxhash / 100 % 100, xxhash % 100);
	print_made(output, texts, pcre2_version());
	print_numbers(output, texts, (unsigned)expat.major, (unsigned)expat.minor, (unsigned)expat.micro);
	output_string(output, rl_library_version);
	output_string(output, XCRYPT_VERSION_STR);
	output_string(output, gnu_get_libc_version());
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
