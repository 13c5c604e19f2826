#include "base/error.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"

const struct exit_status exit_statuses[] = {
	{0, "ok", "done"},
	{ERR_FAILED, "failed", "the command failed, or its question was answered with no"},
	{ERR_NO, "no", "the answer is no: something is pending, in the way, broken or different"},
	{ERR_USAGE, "usage", "the command line is wrong"},
	{ERR_INPUT, "input", "data given to the command is wrong, or names what is not there"},
	{ERR_UNREACHABLE, "unreachable", "a service cannot be reached or went away"},
	{ERR_BUSY, "busy", "locked or busy; try again"},
	{ERR_PERMISSION, "permission", "not permitted"},
	{ERR_SETTINGS, "settings", "a setting is missing or wrong, or there is no database where it points"},
	{ERR_INTERRUPTED, "interrupted", "interrupted by a signal"},
	{ERR_PIPE, "pipe", "the reader of the output went away, as in `owctl .. | head`"},
	{0, NULL, NULL},
};

const struct exit_status *exit_status_of(int code)
{
	for (const struct exit_status *status = exit_statuses; status->name; status++)
		if (status->code == code)
			return status;
	return &exit_statuses[1];
}

static struct error *make(enum error_code code, char *message, struct error *cause)
{
	struct error *error = mem_new(1, sizeof *error);
	error->code = code;
	error->message = message;
	error->cause = cause;
	return error;
}

fallible error_new(enum error_code code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct error *error = make(code, text_format_v(format, args), NULL);
	va_end(args);
	return error;
}

fallible error_system(int errnum, const char *format, ...)
{
	bool denied = errnum == EACCES || errnum == EPERM || errnum == EROFS;
	enum error_code code = denied ? ERR_PERMISSION : ERR_FAILED;
	va_list args;
	va_start(args, format);
	char *what = text_format_v(format, args);
	va_end(args);
	return make(code, what, make(code, text_copy(strerrordesc_np(errnum)), NULL));
}

fallible error_wrap(struct error *cause, const char *format, ...)
{
	if (!cause)
		return NULL;
	va_list args;
	va_start(args, format);
	struct error *error = make(cause->code, text_format_v(format, args), cause);
	va_end(args);
	return error;
}

fallible error_hint(struct error *error, const char *format, ...)
{
	if (!error || error_hint_text(error))
		return error;
	va_list args;
	va_start(args, format);
	error->hint = text_format_v(format, args);
	va_end(args);
	return error;
}

fallible error_hint_also(struct error *error, const char *format, ...)
{
	if (!error)
		return NULL;
	const char *first = error_hint_text(error);
	va_list args;
	va_start(args, format);
	struct str hint = {0};
	AUTO(memory) char *more = text_format_v(format, args);
	va_end(args);
	str_add_format(&hint, "%s%s%s", first ? first : "", first ? "; " : "", more);
	error = error_without_hints(error);
	error->hint = str_take(&hint);
	return error;
}

fallible error_without_hints(struct error *error)
{
	for (struct error *each = error; each; each = each->cause) {
		free(each->hint);
		each->hint = NULL;
	}
	return error;
}

char *error_text(const struct error *error)
{
	struct str text = {0};
	for (; error; error = error->cause) {
		if (text.size)
			str_add(&text, ": ");
		str_add(&text, error->message);
	}
	return str_take(&text);
}

const char *error_hint_text(const struct error *error)
{
	const char *hint = NULL;
	for (; error; error = error->cause)
		if (error->hint)
			hint = error->hint;
	return hint;
}

void error_free(struct error *error)
{
	while (error) {
		struct error *cause = error->cause;
		free(error->message);
		free(error->hint);
		free(error);
		error = cause;
	}
}
