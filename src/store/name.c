#include "store/name.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"

#define LONGEST 900
#define LONGEST_PART 255
#define PART_START ".owctl-"
#define PART_DIGITS 16
#define PART_END ".part"

void store_part_new(char name[static STORE_PART_SIZE])
{
	uint64_t number;
	random_bytes(&number, sizeof number);
	snprintf(name, STORE_PART_SIZE, PART_START "%016" PRIx64 PART_END, number);
}

bool store_is_part(const char *name)
{
	size_t start = sizeof PART_START - 1;
	return !strncmp(name, PART_START, start) &&
	       strspn(name + start, "0123456789abcdef") == PART_DIGITS &&
	       !strcmp(name + start + PART_DIGITS, PART_END);
}

bool store_name_valid(const char *name)
{
	size_t size = strlen(name);
	if (!size || size > LONGEST)
		return false;
	const char *part = name;
	for (;; part++) {
		size_t length = strcspn(part, "/");
		if (!length || length > LONGEST_PART || !strncmp(part, ".", length) || !strncmp(part, "..", length))
			return false;
		if (!part[length])
			return !store_is_part(part);
		part += length;
	}
}
