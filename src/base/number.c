#include "base/number.h"

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
