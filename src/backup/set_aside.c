#include "backup/set_aside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

void set_aside_cleanup(struct set_aside *aside)
{
	if (aside->file) {
		fclose(aside->file);
		if (!aside->keep)
			unlink(aside->path);
	}
	strings_cleanup(&aside->named);
}

/* ---- the file ---- */

static fallible make_file(struct set_aside *aside)
{
	int fd = open(aside->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return error_hint(error_new(ERR_INPUT, "%s is there already", aside->path), "name a new file");
	if (fd < 0)
		return error_system(errno, "cannot make %s", aside->path);
	aside->file = fdopen(fd, "w");
	return NULL;
}

/* What could not be written shows when the file ends. */
static void end_table(struct set_aside *aside)
{
	if (aside->open)
		fputs("\\.\n\n", aside->file);
	aside->open = NULL;
}

static void begin_table(struct set_aside *aside, const struct table *table)
{
	AUTO(str) struct str copy = {0};
	str_add(&copy, "COPY ");
	db_add_identifier(&copy, table->name);
	for (size_t i = 0; i < table->columns.count; i++) {
		str_add(&copy, i ? ", " : " (");
		db_add_identifier(&copy, table->columns.items[i]);
	}
	end_table(aside);
	fprintf(aside->file, "%s) FROM stdin;\n", str_text(&copy));
	aside->open = table;
}

fallible set_aside_end(struct set_aside *aside)
{
	if (!aside->file)
		return NULL;
	end_table(aside);
	if (fflush(aside->file) || ferror(aside->file) || fsync(fileno(aside->file)))
		return error_system(errno, "cannot write %s", aside->path);
	AUTO(memory) char *folder = file_folder(aside->path);
	return folder_sync(folder);
}

/* ---- rows ---- */

/* "chat, id 0a1b": by its column "id", or by the first one. */
static char *name_of(const struct table *table, const char *line, size_t size)
{
	const char *end = line + size - 1, *field = line;
	size_t key = 0;
	for (size_t i = 0; i < table->columns.count; i++)
		if (text_equal(table->columns.items[i], "id"))
			key = i;
	for (size_t i = 0; i < key; i++) {
		const char *tab = memchr(field, '\t', (size_t)(end - field));
		field = tab ? tab + 1 : end;
	}
	const char *stop = memchr(field, '\t', (size_t)(end - field));
	return text_format("%s, %s %.*s", table->name, table->columns.items[key],
			   (int)((stop ? stop : end) - field), field);
}

/* To psql it is the end of the rows, and what follows a command. No engine writes a row so, but a forger might. */
static bool is_end_of_rows(const char *line, size_t size)
{
	return size > 2 && line[0] == '\\' && line[1] == '.' && (line[2] == '\n' || line[2] == '\r');
}

fallible set_aside_row(struct set_aside *aside, const struct table *table, const char *line, size_t size,
		       const char *why)
{
	if (is_end_of_rows(line, size))
		return error_new(ERR_INPUT, "the snapshot has a line among its rows that is none");
	aside->rows++;
	if (aside->named.count < SET_ASIDE_NAMED) {
		AUTO(memory) char *name = name_of(table, line, size);
		strings_add_taken(&aside->named, text_format("%s: %s", name, why));
	}
	if (!aside->path)
		return NULL;
	if (!aside->file)
		TRY(make_file(aside));
	if (aside->open != table)
		begin_table(aside, table);
	if (fwrite(line, 1, size, aside->file) != size)
		return error_system(errno, "cannot write %s", aside->path);
	return NULL;
}
