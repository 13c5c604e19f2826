#include "base/memory.h"
#include "cli/screen.h"
#include "commands/health/health.h"
#include "health/checks.h"
#include "health/choice.h"

struct arguments {
	struct strings checks;
};

static void paragraph(struct str *out, const char *heading, const char *text, size_t width)
{
	str_add_format(out, "\n%s\n  ", heading);
	screen_wrap(out, text, 2, width);
	str_add_char(out, '\n');
}

static void explain(struct str *out, const struct check *check, size_t width)
{
	str_add_format(out, "%s%s  %s\n", out->size ? "\n" : "", check->code, check->name);
	paragraph(out, "Where all is well", check->title, width);
	AUTO(memory) char *severity =
		text_format("%s, %s; %s", severity_names[check->severity], certainty_names[check->certainty],
			    family_words[check->family].title);
	paragraph(out, "If it is not so", severity, width);
	paragraph(out, "What it means", check->why, width);
	paragraph(out, "What to do", check->remedy, width);
	if (check->page)
		paragraph(out, "More", check->page, width);
}

static fallible run(struct context *context UNUSED, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(str) struct str out = {0};
	TRY(choice_check(&arguments->checks));
	for (size_t i = 0; i < checks_count(); i++)
		for (size_t j = 0; j < arguments->checks.count; j++)
			if (choice_means(arguments->checks.items[j], check_at(i))) {
				explain(&out, check_at(i), screen_width(stdout));
				break;
			}
	return screen_write(stdout, &out);
}

const struct command health_explain_command = {
	.name = "explain",
	.summary = "tell what a check means, and what to do about what it finds",
	.description = "Prints the page of a check: what is true where all is well, what it means if it is not so, how "
		       "that is looked at, and what to do. `owctl health list -o json` has the same for programs.",
	.arguments = (const struct argument[]){{.name = "CHECK",
						OPTION_TEXTS(struct arguments, checks),
						.help = "a code (OW202), a name (same-secret-key) or a family (fleet)",
						.required = true,
						.complete = health_complete_checks},
					       {0}},
	.examples = (const struct example[]){{"owctl health explain OW202", "the page of one check"},
					     {"owctl health explain fleet", "the pages of all checks of a family"},
					     {0}},
	.standalone = true,
	.size = sizeof(struct arguments),
	.run = run,
};
