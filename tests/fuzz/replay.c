/* Gives a fuzz target each of the files that are named, once. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LARGEST ((size_t)1 << 20)

int main(int count, char **paths)
{
	for (int i = 1; i < count; i++) {
		AUTO(str) struct str bytes = {0};
		struct error *error = file_read(paths[i], LARGEST, &bytes);
		if (error) {
			log_error(error, false);
			return 1;
		}
		/* A copy of its own size: what reads beyond it is found. */
		uint8_t *data = malloc(bytes.size ? bytes.size : 1);
		if (!data)
			return 1;
		for (size_t at = 0; at < bytes.size; at++)
			data[at] = (uint8_t)bytes.data[at];
		LLVMFuzzerTestOneInput(data, bytes.size);
		free(data);
	}
	printf("%d\n", count - 1);
	return 0;
}
