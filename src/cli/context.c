#include "cli/context.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "cli/screen.h"

static enum output_format format_of(const struct context *context)
{
	const char *name = context->globals.format;
	if (!name)
		return context->command->format;
	static const struct {
		const char *name;
		enum output_format format;
	} formats[] = {{"json", OUTPUT_JSON}, {"yaml", OUTPUT_YAML}, {"csv", OUTPUT_CSV}};
	for (size_t i = 0; i < COUNT(formats); i++)
		if (text_equal(formats[i].name, name))
			return formats[i].format;
	return OUTPUT_TABLE;
}

fallible globals_settings(const struct globals *globals, const char *profile, struct settings **settings)
{
	const struct settings_request request = {
		.profile = profile,
		.env_file = globals->env_file,
		.database = globals->database,
		.data_dir = globals->data_dir,
		.audit_log = globals->audit_log,
		.image_folder = SETTINGS_IMAGE_FOLDER,
		.environment = environ,
	};
	return settings_load(&request, settings);
}

fallible context_output_also(struct context *context, const char *also, struct output **output)
{
	const struct globals *globals = &context->globals;
	AUTO(strings) struct strings columns = {0};
	for (size_t i = 0; i < globals->columns.count; i++)
		strings_split(&columns, globals->columns.items[i], ',');
	struct output_options options = {
		.format = format_of(context),
		.columns = &columns,
		.also = also,
		.no_headings = globals->no_headings,
		.quiet = globals->quiet,
		.terminal = screen_is_shown(stdout),
		.source = &context->source,
	};
	return output_open(stdout, context->command->columns, context->command->shape, &options, output);
}

fallible context_output(struct context *context, struct output **output)
{
	return context_output_also(context, NULL, output);
}

bool context_is_silent(const struct context *context)
{
	const struct globals *globals = &context->globals;
	return globals->quiet && !globals->format && !globals->columns.count && !globals->dry_run &&
	       context->change != CHANGE_UNKNOWN;
}

fallible context_print_texts(struct context *context, const char *also, const char *const *cells, size_t count)
{
	AUTO(output) struct output *output = NULL;
	if (!also && context_is_silent(context))
		return NULL;
	TRY(context_output_also(context, also, &output));
	for (size_t i = 0; i < count; i++)
		output_string(output, cells[i]);
	TRY(output_row(output));
	return output_close(output);
}

fallible context_prints(struct context *context, const char *column, bool *prints)
{
	AUTO(output) struct output *output = NULL;
	TRY(context_output_also(context, column, &output));
	*prints = output_wants(output, column);
	return NULL;
}

fallible context_check_output(struct context *context)
{
	AUTO(output) struct output *output = NULL;
	if (!context->command->columns)
		return NULL;
	TRY(context_output(context, &output));
	int flags = fcntl(STDOUT_FILENO, F_GETFL);
	return flags < 0 || (flags & O_ACCMODE) == O_RDONLY ? output_write_error(EBADF) : NULL;
}

void context_done(struct context *context, const char *format, ...)
{
	if (context->globals.quiet)
		return;
	va_list args;
	va_start(args, format);
	AUTO(memory) char *text = text_format_v(format, args);
	va_end(args);
	log_note("%s", text);
}
