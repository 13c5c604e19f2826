#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "settings/profile_file.h"

/* Changes are made to the text, line by line, as an editor would: libfyaml would print the document without its
 * comments. Whether the lines were the right ones is seen by reading the result; a layout that this can't handle (flow
 * style, several documents) is left alone. */

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

static char *with_profile(const struct profile_file *file, const struct profile *profile)
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

static char *without_profile(const struct profile_file *file, const struct profile *profile)
{
	const struct profile *next = profile + 1;
	unsigned line = next < file->profiles + file->count ? next->place.line : file->after_profiles;
	size_t end = line ? line_offset(file->text, line) : strlen(file->text);
	end = end_before(file->text, end, profile->place.column - 1);
	return spliced(file->text, line_offset(file->text, profile->place.line), end, "");
}

static char *without_default(const struct profile_file *file)
{
	unsigned line = file->default_key.line;
	return spliced(file->text, line_offset(file->text, line), line_offset(file->text, line + 1), "");
}

static char *with_default(const struct profile_file *file, const char *name)
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

/* ---- checking and writing ---- */

static bool same_profile(const struct profile *a, const struct profile *b)
{
	bool same = b && a->count == b->count && text_equal(a->env_file, b->env_file);
	for (size_t i = 0; same && i < a->count; i++) {
		const struct profile_setting *x = &a->settings[i], *y = &b->settings[i];
		same = x->setting == y->setting && x->holder == y->holder && text_equal(x->text, y->text) &&
		       x->words.count == y->words.count;
		for (size_t j = 0; same && j < x->words.count; j++)
			same = !strcmp(x->words.items[j], y->words.items[j]);
	}
	return same;
}

/* Every profile but `changed` is as it was. */
static bool others_stayed(const struct profile_file *before, const struct profile_file *after, const char *changed)
{
	bool same = true;
	for (size_t i = 0; same && i < before->count; i++)
		if (strcmp(before->profiles[i].name, changed) != 0)
			same = same_profile(&before->profiles[i], profile_find(after, before->profiles[i].name));
	return same;
}

/* Reads `text` in the place of `file`, if it is what was meant: `name` as in `profile` (NULL: gone). */
static fallible accept(struct profile_file *file, const char *text, const char *name, const struct profile *profile,
		       const char *default_name)
{
	AUTO(profile_file) struct profile_file after = {0};
	struct error *error = profile_file_parse(file->path, text, strlen(text), &after);
	const struct profile *found = error ? NULL : profile_find(&after, name);
	bool right = !error && (profile ? same_profile(profile, found) : !found) &&
		     text_equal(after.default_name, default_name) && others_stayed(file, &after, name);
	error_ignore(error);
	if (!right)
		return error_hint(error_new(ERR_SETTINGS, "the layout of %s is not one that owctl can change", file->path),
				  "edit it by hand; owctl writes one key a line, without braces around profiles");
	struct profile_file before = *file;
	*file = after;
	after = before;
	return NULL;
}

static void descriptor_cleanup(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* One change at a time, across processes: held until `fd` is closed. A dry run leaves no folder behind. */
static fallible begin(const char *path, bool dry_run, int *fd, struct profile_file *file)
{
	AUTO(memory) char *folder = file_folder(path);
	if (!dry_run) {
		TRY(folder_make(folder));
		*fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (*fd < 0)
			return error_system(errno, "cannot open the folder %s", folder);
		if (flock(*fd, LOCK_EX | LOCK_NB))
			return error_hint(error_new(ERR_BUSY, "another owctl is changing %s", path), "try again");
	}
	return profile_file_read(path, file);
}

static fallible begin_on(const char *path, const char *name, bool dry_run, int *fd, struct profile_file *file,
			 const struct profile **profile)
{
	TRY(begin(path, dry_run, fd, file));
	*profile = profile_find(file, name);
	return *profile ? NULL
			: error_hint(profile_not_found(file, name), "there is none in it yet; `owctl profile add` writes one");
}

static fallible end(const struct profile_file *file, bool dry_run)
{
	return dry_run ? NULL : file_replace(file->path, file->text, strlen(file->text));
}

fallible profile_add(const char *path, const struct profile *profile, bool dry_run)
{
	AUTO(descriptor) int lock = -1;
	AUTO(profile_file) struct profile_file file = {0};
	TRY(begin(path, dry_run, &lock, &file));
	if (profile_find(&file, profile->name))
		return error_hint(error_new(ERR_INPUT, "there is a profile \"%s\" in %s already", profile->name, path),
				  "`owctl profile remove %s`, or choose another name", profile->name);
	AUTO(secret) char *text = with_profile(&file, profile);
	TRY(accept(&file, text, profile->name, profile, file.default_name));
	return end(&file, dry_run);
}

fallible profile_remove(const char *path, const char *name, bool dry_run)
{
	AUTO(descriptor) int lock = -1;
	AUTO(profile_file) struct profile_file file = {0};
	const struct profile *profile;
	TRY(begin_on(path, name, dry_run, &lock, &file, &profile));
	AUTO(secret) char *text = without_profile(&file, profile);
	TRY(accept(&file, text, name, NULL, file.default_name));
	if (text_equal(file.default_name, name)) {
		AUTO(secret) char *rest = without_default(&file);
		TRY(accept(&file, rest, name, NULL, NULL));
	}
	return end(&file, dry_run);
}

fallible profile_use(const char *path, const char *name, bool dry_run)
{
	AUTO(descriptor) int lock = -1;
	AUTO(profile_file) struct profile_file file = {0};
	const struct profile *profile;
	TRY(begin_on(path, name, dry_run, &lock, &file, &profile));
	AUTO(secret) char *text = with_default(&file, name);
	TRY(accept(&file, text, name, profile, name));
	return end(&file, dry_run);
}
