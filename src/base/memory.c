#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static NORETURN void out_of_memory(void)
{
	static const char message[] = "owctl: out of memory\n";
	fwrite(message, 1, sizeof message - 1, stderr);
	_exit(1);
}

void *mem_new(size_t count, size_t size)
{
	void *block = calloc(count ? count : 1, size ? size : 1);
	if (!block)
		out_of_memory();
	return block;
}

void *mem_resize(void *block, size_t count, size_t size)
{
	void *bigger = reallocarray(block, count ? count : 1, size ? size : 1);
	if (!bigger)
		out_of_memory();
	return bigger;
}

char *text_copy(const char *text)
{
	return text ? text_copy_n(text, strlen(text)) : NULL;
}

char *text_copy_n(const char *bytes, size_t size)
{
	char *copy = mem_new(size + 1, 1);
	if (size)
		memcpy(copy, bytes, size);
	return copy;
}

char *text_format_v(const char *format, va_list args)
{
	char *text = NULL;
	if (vasprintf(&text, format, args) < 0)
		out_of_memory();
	return text;
}

char *text_format(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = text_format_v(format, args);
	va_end(args);
	return text;
}

void mem_wipe(void *block, size_t size)
{
	if (block)
		explicit_bzero(block, size);
}

void secret_free(char *text)
{
	if (text)
		mem_wipe(text, strlen(text));
	free(text);
}
