/* db-probe: the database layer by hand. Reads one JSON object a line from standard input, answers each with one:
 * {"do":"open","sqlite":PATH | "postgresql":CONNINFO,...}, begin, commit, rollback, close, run, script, query, stream,
 * first, abandon, load, generate, load_lines, unload, drain, share, begin_shared, pin, parts, tables, has, hold,
 * release, take_turns, alone, others, copy, and alter, a script as the chain has them. The exit status is that of the
 * last error. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/copy_decode.h"
#include "db/copy_text.h"
#include "db/db.h"
#include "migrate/alter.h"
#include "probe.h"

#define MOST_VALUES 32

static struct db *db;

/* ---- values ---- */

static struct db_value value_of(const json_t *json)
{
	switch (json_typeof(json)) {
	case JSON_INTEGER:
		return db_integer(json_integer_value(json));
	case JSON_REAL:
		return db_real(json_real_value(json));
	case JSON_TRUE:
	case JSON_FALSE:
		return db_boolean(json_is_true(json));
	case JSON_STRING:
		return db_text_n(json_string_value(json), json_string_length(json));
	case JSON_OBJECT: { /* {"blob": "text"} */
		const json_t *blob = json_object_get(json, "blob");
		return db_blob(json_string_value(blob), json_string_length(blob));
	}
	default:
		return db_null();
	}
}

static size_t values_of(const json_t *array, struct db_value *values)
{
	size_t count = json_array_size(array);
	for (size_t i = 0; i < count && i < MOST_VALUES; i++)
		values[i] = value_of(json_array_get(array, i));
	return count;
}

static json_t *json_of(struct db_value value)
{
	switch (value.type) {
	case DB_INTEGER:
	case DB_BOOLEAN:
		return json_integer(value.integer);
	case DB_REAL:
		return json_real(value.real);
	case DB_TEXT:
		return json_stringn_nocheck(value.text, value.size);
	case DB_BLOB:
		return json_pack("{s:o}", "blob", json_stringn_nocheck(value.text, value.size));
	case DB_NULL:
		break;
	}
	return json_null();
}

static int64_t peak_kb(void)
{
	char line[256];
	long long peak = 0;
	FILE *status = fopen("/proc/self/status", "r");
	while (status && fgets(line, sizeof line, status))
		if (sscanf(line, "VmHWM: %lld", &peak) == 1)
			break;
	if (status)
		fclose(status);
	return peak;
}

/* ---- commands: each fills `answer` ---- */

static fallible do_open(const json_t *command, json_t *answer)
{
	const char *path = text_of(command, "sqlite");
	struct db_target target = {
		.engine = path ? DB_SQLITE : DB_POSTGRESQL,
		.path = text_copy(path),
		.conninfo = text_copy(text_of(command, "postgresql")),
		.schema = text_copy(text_of(command, "schema")),
		.display = text_copy("probed"),
	};
	struct db_options options = {
		.read_only = json_is_true(json_object_get(command, "read_only")),
		.create = json_is_true(json_object_get(command, "create")),
		.connect_timeout_s = number_of(command, "connect_timeout"),
		.lock_timeout_s = number_of(command, "lock_timeout"),
		.statement_timeout_s = number_of(command, "statement_timeout"),
		.large_values = json_is_true(json_object_get(command, "large_values")),
		.silence_timeout_s = number_of(command, "silence_timeout"),
	};
	struct error *error = db_open(&target, &options, &db);
	free(target.path);
	free(target.conninfo);
	free(target.schema);
	free(target.display);
	if (!error)
		json_object_set_new(answer, "version", json_string(db_server_version(db)));
	return error;
}

static fallible do_begin(const json_t *command, json_t *answer)
{
	(void)answer;
	return db_begin(db, text_equal(text_of(command, "access"), "write") ? DB_WRITE : DB_READ);
}

static fallible do_commit(const json_t *command, json_t *answer)
{
	(void)command, (void)answer;
	return db_commit(db);
}

static fallible do_rollback(const json_t *command, json_t *answer)
{
	(void)command, (void)answer;
	db_rollback(db);
	return NULL;
}

static fallible do_close(const json_t *command, json_t *answer)
{
	(void)command, (void)answer;
	db_close(db);
	db = NULL;
	return NULL;
}

static fallible do_run(const json_t *command, json_t *answer)
{
	struct db_value values[MOST_VALUES];
	size_t count = values_of(json_object_get(command, "parameters"), values);
	int64_t changed;
	for (int64_t i = 0, times = number_of(command, "times"); i == 0 || i < times; i++)
		TRY(db_run(db, text_of(command, "sql"), values, count, &changed));
	json_object_set_new(answer, "changed", json_integer(changed));
	return NULL;
}

static fallible do_script(const json_t *command, json_t *answer)
{
	(void)answer;
	return db_script(db, text_of(command, "sql"));
}

static fallible do_alter(const json_t *command, json_t *answer)
{
	(void)answer;
	return alter_script(db, text_of(command, "sql"));
}

static fallible do_query(const json_t *command, json_t *answer)
{
	struct db_value values[MOST_VALUES];
	size_t count = values_of(json_object_get(command, "parameters"), values);
	int columns = (int)number_of(command, "columns");
	bool as_text = json_is_true(json_object_get(command, "as_text"));
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, text_of(command, "sql"), values, count, &rows));
	json_t *list = json_array();
	json_object_set_new(answer, "rows", list);
	for (;;) {
		bool row;
		TRY(db_next(rows, &row));
		if (!row)
			return NULL;
		json_t *cells = json_array();
		for (int i = 0; i < columns; i++) {
			struct db_value cell = as_text ? db_text(db_cell_text(rows, i)) : db_cell(rows, i);
			json_array_append_new(cells, json_of(cell));
		}
		json_array_append_new(list, cells);
	}
}

/* Reads all rows and keeps none. */
static fallible do_stream(const json_t *command, json_t *answer)
{
	int columns = (int)number_of(command, "columns");
	int64_t count = 0, bytes = 0;
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, text_of(command, "sql"), NULL, 0, &rows));
	for (;; count++) {
		bool row;
		TRY(db_next(rows, &row));
		if (!row)
			break;
		for (int i = 0; i < columns; i++)
			bytes += (int64_t)db_cell(rows, i).size;
	}
	json_object_set_new(answer, "rows", json_integer(count));
	json_object_set_new(answer, "bytes", json_integer(bytes));
	return NULL;
}

static fallible do_first(const json_t *command, json_t *answer)
{
	bool found;
	AUTO(memory) char *text = NULL;
	TRY(db_single_text(db, text_of(command, "sql"), NULL, 0, &found, &text));
	json_object_set_new(answer, "found", json_boolean(found));
	json_object_set_new(answer, "text", text ? json_string(text) : json_null());
	return NULL;
}

/* Rolls back with rows still to come. */
static fallible do_abandon(const json_t *command, json_t *answer)
{
	bool row;
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, text_of(command, "sql"), NULL, 0, &rows));
	TRY(db_next(rows, &row));
	db_rollback(db);
	json_object_set_new(answer, "found", json_boolean(row));
	return NULL;
}

static fallible begin_load(const json_t *command, struct db_load **load)
{
	const char *columns[MOST_VALUES];
	const json_t *names = json_object_get(command, "columns");
	size_t count = json_array_size(names);
	for (size_t i = 0; i < count; i++)
		columns[i] = json_string_value(json_array_get(names, i));
	return db_load_begin(db, text_of(command, "table"), columns, count, load);
}

static fallible load_rows(struct db_load *load, const json_t *rows)
{
	struct db_value values[MOST_VALUES];
	for (size_t i = 0; i < json_array_size(rows); i++) {
		values_of(json_array_get(rows, i), values);
		TRY(db_load_row(load, values));
	}
	return NULL;
}

/* `count` rows as a list of users has them: a text of 36 bytes, two of some 20, one of 4, three numbers. */
static fallible generate_rows(struct db_load *load, int64_t count)
{
	for (int64_t i = 0; i < count; i++) {
		char id[64], email[48], name[48];
		snprintf(id, sizeof id, "%08llx-0000-4000-8000-%012llx", (long long)i, (long long)i);
		snprintf(email, sizeof email, "user%lld@example.com", (long long)i);
		snprintf(name, sizeof name, "User Number %lld", (long long)i);
		const struct db_value values[] = {
			db_text(id),	 db_text(email), db_text(name), db_text("user"), db_integer(1700000000 + i),
			db_integer(170), db_integer(-1),
		};
		TRY(db_load_row(load, values));
	}
	return NULL;
}

static fallible end_load(struct db_load *load, struct error *error, json_t *answer)
{
	int64_t rows = 0;
	if (error) {
		db_load_abort(load);
		return error;
	}
	TRY(db_load_end(&load, &rows));
	json_object_set_new(answer, "rows", json_integer(rows));
	return NULL;
}

static fallible do_load(const json_t *command, json_t *answer)
{
	struct db_load *load = NULL;
	TRY(begin_load(command, &load));
	return end_load(load, load_rows(load, json_object_get(command, "rows")), answer);
}

static fallible do_generate(const json_t *command, json_t *answer)
{
	struct db_load *load = NULL;
	TRY(begin_load(command, &load));
	return end_load(load, generate_rows(load, number_of(command, "count")), answer);
}

/* ---- tables as text: files have the lines, as JSON takes no bytes that are no UTF-8 ---- */

struct unloading {
	struct str text;
	FILE *file; /* NULL: into the text */
	json_t *odd;
	int64_t bytes, pieces, cut; /* cut: that do not end with a line */
	size_t longest;
};

static fallible take_lines(void *state, const char *bytes, size_t size)
{
	struct unloading *unloading = state;
	unloading->bytes += (int64_t)size;
	unloading->pieces++;
	unloading->cut += bytes[size - 1] != '\n';
	unloading->longest = size > unloading->longest ? size : unloading->longest;
	if (unloading->file)
		return fwrite(bytes, size, 1, unloading->file) == 1 ? NULL : error_system(errno, "the file");
	str_add_n(&unloading->text, bytes, size);
	return NULL;
}

static fallible count_lines(void *state, const char *bytes, size_t size)
{
	struct unloading *unloading = state;
	unloading->bytes += (int64_t)size;
	unloading->cut += bytes[size - 1] != '\n';
	return NULL;
}

static json_t *json_of_bytes(const char *type, const struct db_value *value)
{
	AUTO(str) struct str digits = {0};
	copy_add_hex(&digits, value->text, value->size);
	return json_pack("{s:s}", type, str_text(&digits));
}

static fallible take_odd(void *state, const struct db_odd *odd)
{
	struct unloading *unloading = state;
	const struct db_value *value = &odd->value;
	bool plain = value->type != DB_TEXT && value->type != DB_BLOB;
	bool infinite = value->type == DB_REAL && (value->real - value->real != 0);
	json_t *told = infinite ? json_pack("{s:b}", "infinite", value->real > 0)
		       : plain	? json_of(*value)
				: json_of_bytes(value->type == DB_TEXT ? "text" : "bytes", value);
	json_array_append_new(unloading->odd, json_pack("[I,i,o]", (json_int_t)odd->row, odd->column, told));
	return NULL;
}

static fallible do_unload(const json_t *command, json_t *answer)
{
	const char *path = text_of(command, "path");
	struct unloading unloading = {.file = path ? fopen(path, "w") : NULL, .odd = json_array()};
	const struct db_unload asked = {text_of(command, "sql"), {take_lines, &unloading}, take_odd, &unloading};
	struct error *error = db_unload(db, &asked);
	if (!path)
		json_object_set_new(answer, "text",
				    json_stringn_nocheck(str_text(&unloading.text), unloading.text.size));
	json_object_set_new(answer, "odd", unloading.odd);
	json_object_set_new(answer, "bytes", json_integer(unloading.bytes));
	json_object_set_new(answer, "pieces", json_integer(unloading.pieces));
	json_object_set_new(answer, "cut", json_integer(unloading.cut));
	json_object_set_new(answer, "longest", json_integer((json_int_t)unloading.longest));
	str_cleanup(&unloading.text);
	if (unloading.file)
		fclose(unloading.file);
	return error;
}

/* Unloads all and keeps nothing. */
static fallible do_drain(const json_t *command, json_t *answer)
{
	struct unloading unloading = {0};
	const struct db_unload asked = {text_of(command, "sql"), {count_lines, &unloading}, NULL, NULL};
	TRY(db_unload(db, &asked));
	json_object_set_new(answer, "bytes", json_integer(unloading.bytes));
	json_object_set_new(answer, "cut", json_integer(unloading.cut));
	return NULL;
}

/* `bytes` keeps them. */
static struct db_value odd_value(const json_t *json, struct strings *bytes)
{
	const json_t *text = json_object_get(json, "text"), *blob = json_object_get(json, "bytes");
	if (json_object_get(json, "infinite"))
		return db_real(json_is_true(json_object_get(json, "infinite")) ? INFINITY : -INFINITY);
	if (!text && !blob)
		return value_of(json);
	AUTO(memory) char *digits = text_format("\\x%s", json_string_value(text ? text : blob));
	size_t size = strlen(digits) / 2 - 1;
	char *read = mem_new(size + 1, 1);
	copy_read_hex(digits, strlen(digits), read);
	strings_add_taken(bytes, read);
	return text ? db_text_n(read, size) : db_blob(read, size);
}

static fallible load_lines(struct db_load *load, const char *lines, size_t size, const json_t *told)
{
	size_t count = json_array_size(told);
	AUTO(memory) struct db_odd *odd = mem_new(count + 1, sizeof *odd);
	AUTO(strings) struct strings bytes = {0};
	for (size_t i = 0; i < count; i++) {
		const json_t *one = json_array_get(told, i);
		odd[i].row = json_integer_value(json_array_get(one, 0));
		odd[i].column = (int)json_integer_value(json_array_get(one, 1));
		odd[i].value = odd_value(json_array_get(one, 2), &bytes);
	}
	return db_load_lines(load, lines, size, odd, count);
}

/* Of the file `path`, or `text`; all at once, or `times` times. */
static fallible do_load_lines(const json_t *command, json_t *answer)
{
	const char *path = text_of(command, "path");
	const json_t *text = json_object_get(command, "text"), *odd = json_object_get(command, "odd");
	struct db_load *load = NULL;
	struct stat status = {0};
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	size_t size = fd < 0 ? json_string_length(text) : fstat(fd, &status) ? 0 : (size_t)status.st_size;
	void *mapped = fd < 0 || !size ? NULL : mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	const char *lines = mapped ? mapped : fd < 0 ? json_string_value(text) : "";
	TRY(begin_load(command, &load));
	struct error *error = NULL;
	for (int64_t i = 0, times = number_of(command, "times"); !error && (i == 0 || i < times); i++)
		error = load_lines(load, lines, size, odd);
	if (mapped)
		munmap(mapped, size);
	if (fd >= 0)
		close(fd);
	return end_load(load, error, answer);
}

static fallible do_share(const json_t *command, json_t *answer)
{
	(void)command;
	AUTO(memory) char *name = NULL;
	json_object_set_new(answer, "can", json_boolean(db_can(db, DB_CAN_SHARE_STATE)));
	TRY(db_share_state(db, &name));
	json_object_set_new(answer, "name", json_string(name));
	return NULL;
}

static fallible do_begin_shared(const json_t *command, json_t *answer)
{
	(void)answer;
	return db_begin_shared(db, text_of(command, "name"));
}

static fallible do_pin(const json_t *command, json_t *answer)
{
	(void)command;
	(void)answer;
	return db_pin_tables(db);
}

static json_t *json_list(const struct strings *texts)
{
	json_t *list = json_array();
	for (size_t i = 0; i < texts->count; i++)
		json_array_append_new(list, json_string(texts->items[i]));
	return list;
}

static fallible do_tables(const json_t *command, json_t *answer)
{
	(void)command;
	AUTO(strings) struct strings names = {0};
	TRY(db_tables(db, &names));
	json_object_set_new(answer, "tables", json_list(&names));
	return NULL;
}

static fallible do_parts(const json_t *command, json_t *answer)
{
	static const char *const kinds[] = {"extension",  "sequence", "table", "index",
					    "constraint", "trigger",  "view"};
	(void)command;
	AUTO(db_parts) struct db_parts parts = {0};
	TRY(db_parts_read(db, &parts));
	json_t *list = json_array();
	json_object_set_new(answer, "parts", list);
	for (size_t i = 0; i < parts.count; i++)
		json_array_append_new(list, json_pack("[s,s,s,s]", kinds[parts.items[i].kind], parts.items[i].table,
						      parts.items[i].name, parts.items[i].sql));
	return NULL;
}

static fallible do_has(const json_t *command, json_t *answer)
{
	const char *column = text_of(command, "column");
	bool exists;
	if (column)
		TRY(db_column_exists(db, text_of(command, "table"), column, &exists));
	else
		TRY(db_table_exists(db, text_of(command, "table"), &exists));
	json_object_set_new(answer, "exists", json_boolean(exists));
	return NULL;
}

/* ---- outside of transactions ---- */

static fallible do_hold(const json_t *command, json_t *answer)
{
	AUTO(memory) char *holder = NULL;
	TRY(db_hold(db, number_of(command, "number"), &holder));
	json_object_set_new(answer, "holder", holder ? json_string(holder) : json_null());
	return NULL;
}

static fallible do_release(const json_t *command, json_t *answer)
{
	(void)answer;
	db_release(db, number_of(command, "number"));
	return NULL;
}

/* `marker` is a file that is there while somebody holds the lock. */
static fallible take_turn(int64_t number, const char *marker, int64_t *turns)
{
	AUTO(memory) char *holder = NULL;
	TRY(db_hold(db, number, &holder));
	if (holder)
		return NULL;
	int fd = open(marker, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_system(errno, "two at once");
	close(fd);
	unlink(marker);
	db_release(db, number);
	++*turns;
	return NULL;
}

static fallible do_take_turns(const json_t *command, json_t *answer)
{
	int64_t turns = 0;
	for (int64_t i = 0; i < number_of(command, "times"); i++)
		TRY(take_turn(number_of(command, "number"), text_of(command, "marker"), &turns));
	json_object_set_new(answer, "turns", json_integer(turns));
	return NULL;
}

static fallible do_alone(const json_t *command, json_t *answer)
{
	(void)answer;
	bool works_long = json_is_true(json_object_get(command, "long"));
	return db_alone(db, text_of(command, "sql"), works_long ? DB_WORKS_LONG : DB_ANSWERS_SOON);
}

static fallible do_others(const json_t *command, json_t *answer)
{
	(void)command;
	AUTO(strings) struct strings others = {0};
	TRY(db_others(db, &others));
	json_object_set_new(answer, "others", json_list(&others));
	return NULL;
}

static fallible do_copy(const json_t *command, json_t *answer)
{
	json_object_set_new(answer, "can", json_boolean(db_can(db, DB_CAN_COPY_FILE)));
	return db_copy(db, text_of(command, "path"));
}

static const struct probe_command commands[] = {
	{"open", do_open},     {"begin", do_begin},   {"commit", do_commit}, {"rollback", do_rollback},
	{"close", do_close},   {"run", do_run},	      {"script", do_script}, {"query", do_query},
	{"stream", do_stream}, {"first", do_first},   {"abandon", do_abandon},
	{"load", do_load},     {"generate", do_generate},
	{"drain", do_drain},   {"unload", do_unload}, {"tables", do_tables}, {"has", do_has},
	{"hold", do_hold},     {"release", do_release}, {"alone", do_alone}, {"others", do_others},
	{"load_lines", do_load_lines}, {"share", do_share}, {"begin_shared", do_begin_shared},
	{"pin", do_pin},
	{"parts", do_parts},
	{"copy", do_copy},     {"take_turns", do_take_turns}, {"alter", do_alter},
	{0},
};

static void add_peak(json_t *answer)
{
	json_object_set_new(answer, "peak_kb", json_integer(peak_kb()));
}

int main(void)
{
	const struct probe probe = {.commands = commands, .finish = add_peak};
	probe_begin();
	int status = probe_run(&probe);
	db_close(db);
	return status;
}
