#include "base/log.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/journal.h"
#include "base/memory.h"
#include "base/run_id.h"
#include "base/str.h"
#include "base/term.h"
#include "base/utf8.h"

#define OVER "\r\x1b[K" /* to the line's beginning, and what stands there is gone */

static enum log_level threshold = LOG_NORMAL;
static bool as_json;
static bool in_journal; /* which reads the priority of each line */
static bool has_line;   /* a terminal that can be written over, and something to show on it */
static bool line_shown; /* there is one now */

bool log_is_quiet(void)
{
	return threshold < LOG_NORMAL;
}

void log_setup(enum log_level level, bool json)
{
	threshold = level;
	as_json = json;
	in_journal = journal_reads(STDERR_FILENO);
	has_line = level >= LOG_NORMAL && !json && term_is_able() && isatty(STDERR_FILENO);
}

static bool inside_character(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* What is told may quote a name or a value from outside, which can be of any length: the middle is left out. */
static void add_message(struct str *out, const char *text)
{
	AUTO(str) struct str safe = {0};
	utf8_add_safe(&safe, text, strlen(text));
	if (safe.size <= LOG_LONGEST) {
		str_add(out, str_text(&safe));
		return;
	}
	size_t head = LOG_LONGEST * 2 / 3, tail = safe.size - LOG_LONGEST / 4;
	while (inside_character(safe.data[head]))
		head--;
	while (inside_character(safe.data[tail]))
		tail++;
	str_add_n(out, safe.data, head);
	str_add(out, " [..] ");
	str_add(out, safe.data + tail);
}

/* jansson refuses what is not UTF-8; the safe form always is. */
static json_t *json_safe(const char *text)
{
	AUTO(str) struct str safe = {0};
	add_message(&safe, text);
	return json_string(str_text(&safe));
}

static void add_priority(struct str *line, int priority)
{
	if (in_journal)
		str_add_format(line, "<%d>", priority);
}

static void write_json(int priority, json_t *object)
{
	AUTO(memory) char *text = json_dumps(object, JSON_COMPACT);
	AUTO(str) struct str line = {0};
	json_decref(object);
	if (!text)
		return;
	add_priority(&line, priority);
	str_add(&line, text);
	str_add_char(&line, '\n');
	fwrite(line.data, 1, line.size, stderr);
}

static void write_line(const char *level, int priority, const char *prefix, const char *text)
{
	if (as_json) {
		char now[CLOCK_TEXT_SIZE] = "";
		clock_format(clock_now(), now);
		write_json(priority, json_pack("{s:s,s:s,s:s,s:o}", "time", now, "run", run_id(), "level", level,
					       "message", json_safe(text)));
		return;
	}
	AUTO(str) struct str line = {0};
	str_add(&line, line_shown ? OVER : "");
	add_priority(&line, priority);
	str_add(&line, prefix);
	add_message(&line, text);
	str_add_char(&line, '\n');
	fwrite(line.data, 1, line.size, stderr);
	line_shown = false;
}

bool log_has_line(void)
{
	return has_line;
}

void log_line(const char *text)
{
	if (!has_line || (!text && !line_shown))
		return;
	AUTO(str) struct str line = {0};
	str_add(&line, text ? OVER "owctl: " : OVER);
	add_message(&line, text ? text : "");
	fwrite(line.data, 1, line.size, stderr);
	line_shown = text;
}

#define DEFINE_LOG(function, minimum, level, priority, prefix)                \
	void function(const char *format, ...)                                \
	{                                                                     \
		if (threshold < (minimum))                                    \
			return;                                               \
		va_list args;                                                 \
		va_start(args, format);                                       \
		AUTO(memory) char *text = text_format_v(format, args);        \
		va_end(args);                                                 \
		write_line(level, priority, prefix, text);                    \
	}

DEFINE_LOG(log_note, LOG_NORMAL, "info", LOG_INFO, "owctl: ")
DEFINE_LOG(log_detail, LOG_VERBOSE, "info", LOG_INFO, "owctl: ")
DEFINE_LOG(log_debug, LOG_DEBUGGING, "debug", LOG_DEBUG, "owctl: ")
DEFINE_LOG(log_warning, LOG_QUIET_ONLY_ERRORS, "warning", LOG_WARNING, "owctl: warning: ")

void log_warning_error(struct error *error)
{
	if (error) {
		AUTO(memory) char *text = error_text(error);
		log_warning("%s", text);
	}
	error_free(error);
}

fallible error_first(struct error *first, struct error *next)
{
	if (!first)
		return next;
	log_warning_error(next);
	return first;
}

/* The hint is as urgent as what it is for: who asks the journal for errors alone sees both. */
void log_error(const struct error *error, bool json)
{
	AUTO(memory) char *text = error_text(error);
	const char *hint = error_hint_text(error);
	if (json) {
		json_t *body = json_pack("{s:s,s:i,s:o,s:s}", "code", exit_status_of((int)error->code)->name, "status",
					 (int)error->code, "message", json_safe(text), "run", run_id());
		if (hint)
			json_object_set_new(body, "hint", json_safe(hint));
		write_json(LOG_ERR, json_pack("{s:o}", "error", body));
		return;
	}
	write_line("error", LOG_ERR, "owctl: ", text);
	if (hint)
		write_line("hint", LOG_ERR, "hint: ", hint);
}
