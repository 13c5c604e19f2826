/* What a repository says: records, the lists of a manifest, odd values. Any bytes are read, or refused as input. */
#include <assert.h>
#include <stdint.h>

#include "backup/compressor.h"
#include "backup/manifest_lists.h"
#include "backup/odd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SNAPSHOT "20261129T110155Z-1a2b3c4d"

static void check(struct error *error)
{
	assert(!error || error->code == ERR_INPUT);
	error_free(error);
}

static void read_record(const struct str *text)
{
	AUTO(record) struct record record = {0};
	check(record_parse(text, SNAPSHOT, NULL, &record));
}

static void read_odd(const struct str *text)
{
	AUTO(odd_list) struct odd_list list = {0};
	check(odd_list_read(&list, text));
}

/* The lists are compressed; what zstd refuses is its own affair. */
static void read_lists(const struct str *text)
{
	AUTO(compressor) struct compressor compressor = {0};
	AUTO(tables) struct tables tables = {0};
	AUTO(files) struct files files = {0};
	const struct str *frame;
	assert(!compress(&compressor, str_text(text), text->size, &frame));
	check(manifest_read_tables(frame, &tables));
	if (!tables.count)
		tables_add(&tables, "t");
	check(manifest_read_segments(frame, &tables));
	check(manifest_read_files(frame, &files));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(str) struct str text = {0};
	str_add_n(&text, (const char *)data, size);
	read_record(&text);
	read_odd(&text);
	read_lists(&text);
	return 0;
}
