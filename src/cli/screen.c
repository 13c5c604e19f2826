#include "cli/screen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cli/output.h"

#define NARROWEST 40
#define WIDEST 100 /* longer lines are hard to read */

/* Of the terminal that shows the stream; 0: there is none, or it does not know. */
static size_t columns_of(FILE *stream)
{
	struct winsize size;
	const char *paged = stream == stdout ? getenv(SCREEN_PAGED) : NULL;
	if (paged && !isatty(fileno(stream)))
		return strtoul(paged, NULL, 10);
	return ioctl(fileno(stream), TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

bool screen_is_shown(FILE *stream)
{
	return isatty(fileno(stream)) || columns_of(stream);
}

size_t screen_width(FILE *stream)
{
	size_t columns = columns_of(stream);
	if (!columns)
		return 80;
	return columns < NARROWEST ? NARROWEST : columns > WIDEST ? WIDEST : columns;
}

fallible screen_write(FILE *stream, const struct str *text)
{
	errno = 0;
	if (fwrite(str_text(text), 1, text->size, stream) == text->size && !fflush(stream))
		return NULL;
	return output_write_error(errno ? errno : EIO);
}

static void new_line(struct str *out, size_t indent)
{
	str_add_char(out, '\n');
	for (size_t i = 0; i < indent; i++)
		str_add_char(out, ' ');
}

void screen_wrap(struct str *out, const char *text, size_t indent, size_t width)
{
	size_t column = indent;
	for (bool first = true; *text; first = false) {
		size_t blanks = strspn(text, " \n");
		bool paragraph = !first && memmem(text, blanks, "\n\n", 2);
		text += blanks;
		size_t size = strcspn(text, " \n");
		if (!size)
			break;
		size_t word = utf8_width(text, size);
		if (paragraph) {
			str_add_char(out, '\n');
			new_line(out, indent);
			column = indent;
		} else if (!first && column + 1 + word > width) {
			new_line(out, indent);
			column = indent;
		} else if (!first) {
			str_add_char(out, ' ');
			column++;
		}
		str_add_n(out, text, size);
		column += word;
		text += size;
	}
}

void screen_entry(struct str *out, const char *term, size_t widest, const char *text, size_t width)
{
	size_t size = strlen(term), indent = widest + 4;
	str_add_format(out, "  %s", term);
	if (size > widest)
		str_add_format(out, "\n%*s", (int)indent, "");
	else
		str_add_format(out, "%*s", (int)(indent - 2 - size), "");
	screen_wrap(out, text, indent, width);
	str_add_char(out, '\n');
}
