#include "base/number.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"

bool number_parse(const char **text, char end, uint64_t *number)
{
	const char *p = *text;
	uint64_t value = 0;
	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return false;
	if (*p != end)
		return false;
	*text = end ? p + 1 : p;
	*number = value;
	return true;
}

bool number_parse_bytes(const char *text, uint64_t *bytes)
{
	static const char units[] = "kmgt";
	size_t digits = strspn(text, "0123456789");
	AUTO(memory) char *number = text_copy_n(text, digits);
	const char *at = number, *rest = text + digits;
	if (!number_parse(&at, '\0', bytes))
		return false;
	const char *unit = *rest ? strchr(units, tolower((unsigned char)*rest)) : NULL;
	for (const char *step = units; unit && step <= unit; step++)
		if (__builtin_mul_overflow(*bytes, 1000, bytes))
			return false;
	rest += unit ? 1 : 0;
	rest += *rest == 'b' || *rest == 'B';
	return !*rest && *bytes <= INT64_MAX;
}

char *number_bytes(uint64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	double value = (double)bytes / 1000;
	size_t unit = 0;
	if (bytes < 1000)
		return text_format("%d B", (int)bytes);
	for (; value >= 999.95 && unit + 1 < COUNT(units); unit++)
		value /= 1000;
	return text_format("%.1f %s", value, units[unit]);
}
