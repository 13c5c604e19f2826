/* Environment files of any bytes: read, or refused as FILE:LINE. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "settings/envfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(env_file) struct env_file file = {0};
	AUTO(error) struct error *error = envfile_parse("x", (const char *)data, size, &file);
	if (error) {
		assert(error->code == ERR_SETTINGS && text_starts(error->message, "x:") && !file.count);
		return 0;
	}
	unsigned line = 0;
	for (size_t i = 0; i < file.count; i++) {
		assert(file.lines[i].line > line && *file.lines[i].name && !strpbrk(file.lines[i].name, "= \t\n\r#"));
		line = file.lines[i].line;
	}
	return 0;
}
