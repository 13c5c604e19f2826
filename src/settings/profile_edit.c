/* Changing the file of profiles: one change at a time, kept only when it reads back as what was meant. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "settings/profile_text.h"

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
	error_ignore(error); /* it is about lines of a text that is thrown away, and nobody can look at */
	if (!right)
		return error_hint(error_new(ERR_SETTINGS, "the layout of %s is not one that owctl can change",
					    file->path),
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

static fallible open_folder(const char *folder, int *fd)
{
	TRY(folder_make(folder));
	*fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? error_system(errno, "cannot open the folder %s", folder) : NULL;
}

/* One change at a time, across processes: held until `fd` is closed. A dry run leaves no folder behind. */
static fallible begin(const char *path, bool dry_run, int *fd, struct profile_file *file)
{
	AUTO(memory) char *folder = file_folder(path);
	if (!dry_run) {
		TRY(error_hint(open_folder(folder, fd),
			       "check the rights of the folder above, or name another file with OWCTL_CONFIG=FILE"));
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
			: error_hint(profile_not_found(file, name),
				     "there is none in it yet; `owctl profile add` writes one");
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
	AUTO(secret) char *text = profile_text_with_profile(&file, profile);
	TRY(accept(&file, text, profile->name, profile, file.default_name));
	return end(&file, dry_run);
}

fallible profile_remove(const char *path, const char *name, bool dry_run)
{
	AUTO(descriptor) int lock = -1;
	AUTO(profile_file) struct profile_file file = {0};
	const struct profile *profile;
	TRY(begin_on(path, name, dry_run, &lock, &file, &profile));
	AUTO(secret) char *text = profile_text_without_profile(&file, profile);
	TRY(accept(&file, text, name, NULL, file.default_name));
	if (text_equal(file.default_name, name)) {
		AUTO(secret) char *rest = profile_text_without_default(&file);
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
	AUTO(secret) char *text = profile_text_with_default(&file, name);
	TRY(accept(&file, text, name, profile, name));
	return end(&file, dry_run);
}
