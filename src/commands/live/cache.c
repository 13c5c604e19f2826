#include "commands/live/cache.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"

#define LARGEST ((size_t)1 << 20)
#define OLDEST_MS ((int64_t)10 * 60 * 1000)

/* ---- text ---- */

static void add_text(struct str *out, bool kept, const char *prefix, const struct live_values *values)
{
	str_add_format(out, "%s\n%s\n%s\n", kept ? "kept" : "new", values->partial ? "partial" : "whole", prefix);
	for (size_t i = 0; i < values->words.count; i++)
		if (!strchr(values->words.items[i], '\n'))
			str_add_format(out, "%s\n", values->words.items[i]);
}

/* The line at *at, of which *at becomes the next; NULL: there is none. To be freed. */
static char *next_line(const char **at)
{
	const char *end = strchr(*at, '\n');
	char *line = end ? text_copy_n(*at, (size_t)(end - *at)) : NULL;
	*at = end ? end + 1 : *at;
	return line;
}

struct reading {
	bool kept;
	char *prefix;
	struct live_values values;
};
static void reading_cleanup(struct reading *reading)
{
	free(reading->prefix);
	live_values_cleanup(&reading->values);
}

static bool read_text(const char *text, struct reading *reading)
{
	AUTO(memory) char *kept = next_line(&text);
	AUTO(memory) char *partial = next_line(&text);
	reading->prefix = next_line(&text);
	reading->kept = text_equal(kept, "kept");
	reading->values.partial = text_equal(partial, "partial");
	for (char *word; (word = next_line(&text));)
		strings_add_taken(&reading->values.words, word);
	return reading->prefix;
}

/* ---- messages ---- */

void live_message_add(struct str *out, bool kept, const char *prefix, const struct live_values *values)
{
	AUTO(str) struct str text = {0};
	add_text(&text, kept, prefix, values);
	str_add_format(out, "%zu\n", text.size);
	str_add_n(out, str_text(&text), text.size);
}

static size_t size_at(const struct str *text, size_t from, size_t *begin)
{
	const char *at = str_text(text) + from, *end = strchr(at, '\n');
	*begin = end ? from + (size_t)(end - at) + 1 : SIZE_MAX;
	return end ? (size_t)strtoul(at, NULL, 10) : 0;
}

bool live_message_is_whole(const struct str *text, size_t from)
{
	size_t begin, size = from < text->size ? size_at(text, from, &begin) : 0;
	return from < text->size && begin != SIZE_MAX && text->size - begin >= size;
}

bool live_message_take(const struct str *text, size_t *from, struct live_values *values)
{
	size_t begin, size = size_at(text, *from, &begin);
	AUTO(memory) char *bytes = text_copy_n(str_text(text) + begin, size);
	AUTO(reading) struct reading reading = {0};
	*from = begin + size;
	if (!read_text(bytes, &reading))
		return false;
	live_values_cleanup(values);
	*values = reading.values;
	reading.values = (struct live_values){0};
	return reading.kept;
}

/* ---- files ---- */

/* Nobody else can see into it. */
static bool is_own(const char *folder)
{
	struct stat found;
	return folder[0] == '/' && !stat(folder, &found) && S_ISDIR(found.st_mode) && found.st_uid == geteuid() &&
	       !(found.st_mode & 077);
}

char *live_cache_path(const struct live_kind *kind, const char *identity)
{
	const char *folder = getenv("XDG_RUNTIME_DIR");
	if (!folder || !is_own(folder))
		return NULL;
	return text_format("%s/owctl/%s-%016llx", folder, kind->name,
			   (unsigned long long)XXH3_64bits(identity, strlen(identity)));
}

static int64_t age_of(const char *path)
{
	struct stat found;
	struct timespec now;
	if (stat(path, &found) || clock_gettime(CLOCK_REALTIME, &now))
		return INT64_MAX;
	return (now.tv_sec - found.st_mtim.tv_sec) * 1000 + (now.tv_nsec - found.st_mtim.tv_nsec) / 1000000;
}

/* Letters beyond A to Z as they are typed: the next answer is the database's own. */
static void narrow(const struct strings *words, const char *prefix, struct live_values *values)
{
	for (size_t i = 0; i < words->count; i++)
		if (!strncasecmp(words->items[i], prefix, strlen(prefix)))
			strings_add(&values->words, words->items[i]);
}

bool live_cache_read(const char *path, const char *prefix, struct live_values *values, int64_t *age_ms)
{
	AUTO(str) struct str text = {0};
	AUTO(reading) struct reading reading = {0};
	*age_ms = path ? age_of(path) : INT64_MAX;
	if (*age_ms < 0 || *age_ms > OLDEST_MS)
		return false;
	struct error *error = file_read(path, LARGEST, &text);
	bool there = !error && read_text(str_text(&text), &reading);
	error_ignore(error);
	if (!there || !text_starts(prefix, reading.prefix))
		return false;
	if (reading.values.partial && !text_equal(prefix, reading.prefix))
		return false;
	narrow(&reading.values.words, prefix, values);
	return true;
}

void live_cache_write(const char *path, const char *prefix, const struct live_values *values)
{
	AUTO(str) struct str text = {0};
	AUTO(memory) char *folder = path ? file_folder(path) : NULL;
	if (!path || strchr(prefix, '\n'))
		return;
	add_text(&text, true, prefix, values);
	struct error *error = folder_make(folder);
	error_ignore(error ? error : file_replace(path, str_text(&text), text.size));
}
