/* What `health check` and `health ready` write besides what they print. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/health/health.h"

fallible health_write_report(const char *path, struct report report)
{
	AUTO(str) struct str installation = {0};
	AUTO(str) struct str page = {0};
	health_add_installation(&installation, report.scene);
	report.installation = str_text(&installation);
	report_add(&page, &report);
	return file_replace(path, page.data, page.size);
}

static fallible check_file(const struct health_file *file)
{
	if (text_equal(file->path, "-"))
		return error_hint(error_new(ERR_USAGE, "--%s writes a file, and - is none", file->option),
				  "give the file a name; that of standard output is /dev/stdout");
	struct error *error = file_check_replace(file->path);
	return error ? error_hint(error, "--%s takes a file in a folder that is there and may be written to",
				  file->option)
		     : NULL;
}

/* Also of one that is not there yet. */
static char *whole_path(const char *path)
{
	char *whole = realpath(path, NULL);
	if (whole)
		return whole;
	AUTO(memory) char *folder = file_folder(path);
	AUTO(memory) char *resolved = realpath(folder, NULL);
	const char *slash = strrchr(path, '/');
	return text_format("%s/%s", resolved ? resolved : folder, slash ? slash + 1 : path);
}

static fallible check_two(const struct health_file *one, const struct health_file *other)
{
	if (!one->path || !other->path)
		return NULL;
	AUTO(memory) char *first = whole_path(one->path);
	AUTO(memory) char *second = whole_path(other->path);
	if (!text_equal(first, second))
		return NULL;
	return error_hint(error_new(ERR_USAGE, "--%s and --%s would write the same file", one->option, other->option),
			  "give each a file of its own");
}

fallible health_check_files(const struct health_file *files)
{
	for (const struct health_file *file = files; file->option; file++) {
		if (file->path)
			TRY(check_file(file));
		for (const struct health_file *before = files; before < file; before++)
			TRY(check_two(before, file));
	}
	return NULL;
}

void health_tell_unwritten(struct context *context, struct error *unwritten)
{
	if (unwritten && context->verdict <= VERDICT_WARNING)
		context->verdict = VERDICT_UNKNOWN;
	log_warning_error(unwritten);
}
