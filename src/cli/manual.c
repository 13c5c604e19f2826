#include "cli/manual.h"

#include <ctype.h>

#include "base/memory.h"
#include "cli/man_text.h"
#include "cli/markdown.h"
#include "cli/run.h"

void man_prologue(struct str *out, const char *name, int section, const char *summary)
{
	str_add(out, ".\\\" Made by `make man`; not to be changed by hand.\n.Dd " OWCTL_DATE "\n.Dt ");
	for (const char *c = name; *c; c++)
		str_add_char(out, (char)toupper((unsigned char)*c));
	str_add_format(out, " %d\n.Os\n.Sh NAME\n.Nm %s\n", section, name);
	man_macro(out, "Nd", summary);
}

static bool is_about(const struct manual *manual, const char *group)
{
	for (const char *const *name = manual->groups; *name; name++)
		if (text_equal(*name, group))
			return true;
	return false;
}

void man_refer(struct strings *pages, const char *group)
{
	for (const struct manual *manual = manuals; manual->name; manual++)
		if (!group || is_about(manual, group))
			strings_add_taken(pages, text_format("%d %s", manual->section, manual->name));
}

void man_see_also(struct str *out, struct strings *pages)
{
	strings_sort(pages);
	str_add(out, ".Sh SEE ALSO\n");
	for (size_t i = 0; i < pages->count; i++)
		str_add_format(out, ".Xr %s %c%s\n", pages->items[i] + 2, pages->items[i][0],
			       i + 1 < pages->count ? " ," : "");
}

static void write_text(struct str *out, const char *text)
{
	str_add(out, ".Sh DESCRIPTION\n");
	man_markdown(out, text);
}

static void write_manual(struct str *out, const struct manual *manual)
{
	AUTO(strings) struct strings pages = {0};
	man_prologue(out, manual->name, manual->section, manual->summary);
	if (manual->text)
		write_text(out, manual->text);
	else
		manual->write(out);
	strings_add(&pages, "1 owctl");
	for (const char *const *group = manual->groups; *group; group++)
		strings_add_taken(&pages, text_format("1 owctl-%s", *group));
	for (const struct manual *other = manuals; other->name; other++)
		if (other != manual)
			strings_add_taken(&pages, text_format("%d %s", other->section, other->name));
	man_see_also(out, &pages);
}

static char *command_file(const struct command *group)
{
	return text_format("owctl-%s.1", group->name);
}

static char *manual_file(const struct manual *manual)
{
	return text_format("%s.%d", manual->name, manual->section);
}

#define ROOT_FILE "owctl.1"

void man_list(struct str *out, const struct command *root)
{
	str_add(out, ROOT_FILE "\n");
	for (const struct command *const *sub = root->subcommands; *sub; sub++) {
		AUTO(memory) char *file = command_file(*sub);
		if (!(*sub)->hidden)
			str_add_format(out, "%s\n", file);
	}
	for (const struct manual *manual = manuals; manual->name; manual++) {
		AUTO(memory) char *file = manual_file(manual);
		str_add_format(out, "%s\n", file);
	}
}

fallible man_page(struct str *out, const struct command *root, const char *name)
{
	if (text_equal(name, ROOT_FILE)) {
		man_write(out, root, "");
		return NULL;
	}
	for (const struct command *const *sub = root->subcommands; *sub; sub++) {
		AUTO(memory) char *file = command_file(*sub);
		if (text_equal(name, file)) {
			man_write(out, *sub, (*sub)->name);
			return NULL;
		}
	}
	for (const struct manual *manual = manuals; manual->name; manual++) {
		AUTO(memory) char *file = manual_file(manual);
		if (text_equal(name, file)) {
			write_manual(out, manual);
			return NULL;
		}
	}
	return error_new(ERR_USAGE, "there is no page '%s'", name);
}
