#include "settings/profile_text.h"

#include <string.h>

#include "base/memory.h"

/* ---- lines ---- */

static size_t line_offset(const char *text, unsigned line)
{
	const char *at = text;
	while (--line && (at = strchrnul(at, '\n'), *at))
		at++;
	return (size_t)(at - text);
}

/* A comment not further right than `column`, or nothing at all. */
static bool is_apart(const char *line, size_t column)
{
	size_t blanks = strspn(line, " \t\r");
	return line[blanks] == '\n' || !line[blanks] || (blanks <= column && line[blanks] == '#');
}

/* Where what ends before `next` really ends: comments and empty lines in front of `next` belong to it. */
static size_t end_before(const char *text, size_t next, size_t column)
{
	while (next > 0) {
		const char *newline = memrchr(text, '\n', next - 1);
		size_t start = newline ? (size_t)(newline - text) + 1 : 0;
		if (!is_apart(text + start, column))
			break;
		next = start;
	}
	return next;
}

static char *spliced(const char *text, size_t from, size_t to, const char *insert)
{
	struct str out = {0};
	str_add_n(&out, text, from);
	if (from && text[from - 1] != '\n' && !text[from])
		str_add_char(&out, '\n');
	str_add(&out, insert);
	str_add(&out, text + to);
	return str_take(&out);
}

/* ---- what is inserted ---- */

static void add_quoted(struct str *out, const char *text)
{
	str_add_char(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			str_add_char(out, '\\');
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			str_add_format(out, "\\x%02x", (unsigned)*text);
		else
			str_add_char(out, *text);
	}
	str_add_char(out, '"');
}

static void add_setting(struct str *out, const struct profile_setting *setting)
{
	static const char *const keys[] = {
		[HELD_IN_FILE] = "file", [HELD_IN_VARIABLE] = "env", [HELD_BY_COMMAND] = "command"};
	bool here = setting->holder == HELD_HERE;
	str_add_format(out, "%s: ", setting->setting->name);
	if (!here)
		str_add_format(out, "{%s: ", keys[setting->holder]);
	add_quoted(out, setting->holder == HELD_BY_COMMAND ? setting->words.items[2] : setting->text);
	str_add(out, here ? "\n" : "}\n");
}

static char *profile_text(const struct profile *profile, int column)
{
	struct str out = {0};
	str_add_format(&out, "%*s%s:\n", column, "", profile->name);
	if (profile->env_file) {
		str_add_format(&out, "%*senv-file: ", column + 2, "");
		add_quoted(&out, profile->env_file);
		str_add_char(&out, '\n');
	}
	if (profile->count)
		str_add_format(&out, "%*ssettings:\n", column + 2, "");
	for (size_t i = 0; i < profile->count; i++) {
		str_add_format(&out, "%*s", column + 4, "");
		add_setting(&out, &profile->settings[i]);
	}
	return str_take(&out);
}

/* ---- the three changes, each from one text to another ---- */

char *profile_text_with_profile(const struct profile_file *file, const struct profile *profile)
{
	const char *text = file->text;
	size_t at = file->after_profiles ? line_offset(text, file->after_profiles) : strlen(text);
	if (file->after_profiles)
		at = end_before(text, at, 0);
	if (!file->profiles_key.line) {
		AUTO(memory) char *own = profile_text(profile, 2);
		AUTO(memory) char *block = text_format("profiles:\n%s", own);
		return spliced(text, at, at, block);
	}
	AUTO(memory) char *block =
		profile_text(profile, file->count ? (int)file->profiles[0].place.column - 1 : 2);
	return spliced(text, at, at, block);
}

char *profile_text_without_profile(const struct profile_file *file, const struct profile *profile)
{
	const struct profile *next = profile + 1;
	unsigned line = next < file->profiles + file->count ? next->place.line : file->after_profiles;
	size_t end = line ? line_offset(file->text, line) : strlen(file->text);
	end = end_before(file->text, end, profile->place.column - 1);
	return spliced(file->text, line_offset(file->text, profile->place.line), end, "");
}

char *profile_text_without_default(const struct profile_file *file)
{
	unsigned line = file->default_key.line;
	return spliced(file->text, line_offset(file->text, line), line_offset(file->text, line + 1), "");
}

char *profile_text_with_default(const struct profile_file *file, const char *name)
{
	const char *text = file->text;
	struct yaml_place place = file->default_place;
	if (file->default_name) {
		size_t at = line_offset(text, place.line) + place.column - 1;
		return spliced(text, at, at + place.size, name);
	}
	AUTO(memory) char *line = text_format("default: %s\n", name);
	size_t at = line_offset(text, file->profiles_key.line);
	while (at > 0) { /* the comment right above "profiles:" stays with it */
		const char *newline = memrchr(text, '\n', at - 1);
		size_t start = newline ? (size_t)(newline - text) + 1 : 0;
		if (text[start] != '#')
			break;
		at = start;
	}
	return spliced(text, at, at, line);
}
