/* What `health check` and `health ready` write besides what they print. */
#include "base/file.h"
#include "base/log.h"
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

void health_tell_unwritten(struct context *context, struct error *unwritten)
{
	if (unwritten && context->verdict <= VERDICT_WARNING)
		context->verdict = VERDICT_UNKNOWN;
	log_warning_error(unwritten);
}
