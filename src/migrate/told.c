#include "migrate/told.h"

#include <stdarg.h>

#include "base/log.h"
#include "base/memory.h"

#define MOST 10

void told_warn(size_t *told, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	AUTO(memory) char *text = text_format_v(format, args);
	va_end(args);
	if ((*told)++ < MOST)
		log_warning("%s", text);
	else
		log_detail("%s", text);
}

bool told_leaves_out(size_t told)
{
	return told > MOST;
}
