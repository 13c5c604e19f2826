/* Which trace a run belongs to. */
#include <ctype.h>
#include <string.h>

#include "base/random.h"
#include "crypto/digest.h"
#include "crypto/sha256.h"
#include "telemetry/telling.h"

#define TRACE_DIGITS (2 * OTLP_TRACE_SIZE)
#define SPAN_DIGITS (2 * OTLP_SPAN_SIZE)

/* The digits of `text` without its hyphens, in lower case. False: these are not all, or all are 0, which means none. */
static bool copy_digits(const char *text, char trace[static TRACE_DIGITS + 1])
{
	size_t size = 0;
	bool some = false;
	for (const char *c = text; *c; c++) {
		if (*c == '-')
			continue;
		if (size == TRACE_DIGITS || !isxdigit((unsigned char)*c))
			return false;
		some |= *c != '0';
		trace[size++] = (char)tolower((unsigned char)*c);
	}
	trace[size] = '\0';
	return size == TRACE_DIGITS && some;
}

void trace_of_run(const char *run, char trace[static TRACE_DIGITS + 1])
{
	unsigned char sum[SHA256_SIZE];
	if ((text_is_uuid(run) || !strchr(run, '-')) && copy_digits(run, trace))
		return;
	sha256_of(run, strlen(run), sum);
	hex_text(sum, OTLP_TRACE_SIZE, trace);
}

/* Digits in lower case, and not all 0, with `end` behind them. */
static bool take_id(const char **text, size_t digits, char end, char *id)
{
	size_t size = strspn(*text, "0123456789abcdef"), zeros = strspn(*text, "0");
	if (size != digits || zeros >= digits || (*text)[size] != end)
		return false;
	memcpy(id, *text, size);
	id[size] = '\0';
	*text += size + 1;
	return true;
}

/* 00-TRACE-SPAN-FLAGS. Later versions may have more behind it; there is no version ff. */
bool trace_parent_parse(const char *text, char trace[static TRACE_DIGITS + 1], char span[static SPAN_DIGITS + 1],
			bool *recorded)
{
	unsigned char version, flags;
	char its_trace[TRACE_DIGITS + 1] = "", its_span[SPAN_DIGITS + 1] = "";
	if (!hex_parse(text, &version, 1) || version == 0xff || text[2] != '-')
		return false;
	text += 3;
	if (!take_id(&text, TRACE_DIGITS, '-', its_trace) || !take_id(&text, SPAN_DIGITS, '-', its_span) ||
	    !hex_parse(text, &flags, 1) || (text[2] && (!version || text[2] != '-')))
		return false;
	memcpy(trace, its_trace, sizeof its_trace);
	memcpy(span, its_span, sizeof its_span);
	*recorded = flags & 1;
	return true;
}
