/* owctl-checks(7): what `owctl health explain` tells, of all checks. */
#include "base/memory.h"
#include "cli/man_text.h"
#include "commands/manual/manual.h"
#include "health/checks.h"

static const char introduction[] =
	"`owctl health check` runs these checks. Each has a code and a name, which stay what they are, and stands here "
	"under its family; `owctl health explain OW202` shows the same of one, and `owctl health list -o json` of all "
	"of them for programs.\n\n"
	"The first sentence of each says what is true where all is well. `critical` means that people are hit by it "
	"now, or that data is at risk; `warning`, that it works, but will not for ever, or not as well as it could; "
	"`info` never changes the verdict. What is `proven` was seen. What is `likely` follows from what was seen, "
	"unless something makes up for it that owctl can't see. Some checks find one thing or a worse one: then what "
	"they found has the severity that it says, and not the one that stands here.\n\n"
	"--only and --skip of `owctl health check` take codes, names and the words for families, --suppress a code "
	"with the reason why it is known. A check that could not find out is told as `unknown`, and not as something "
	"that is wrong.";

/* Clauses begin as sentences do; what consists of sentences already ends as one. */
static void part(struct str *out, const char *heading, const char *text)
{
	man_macro(out, "It", heading);
	if (text_ends(text, "."))
		man_text(out, text);
	else
		man_sentence(out, text);
}

static void write_check(struct str *out, const struct check *check)
{
	AUTO(memory) char *title = text_format("%s %s", check->code, check->name);
	AUTO(memory) char *found =
		text_format("%s, %s", severity_names[check->severity], certainty_names[check->certainty]);
	man_macro(out, "Ss", title);
	man_sentence(out, check->title);
	str_add(out, ".Bl -tag -width Ds\n");
	part(out, "If it is not so", found);
	part(out, "What it means", check->why);
	part(out, "What to do", check->remedy);
	if (check->page)
		str_add_format(out, ".It More\n.Lk %s\n", check->page);
	str_add(out, ".El\n");
}

static void write_family(struct str *out, enum family family)
{
	AUTO(memory) char *lead =
		text_format("The word for this family is `%s`.", family_words[family].name);
	man_macro(out, "Sh", family_words[family].title);
	man_text(out, lead);
	for (size_t i = 0; i < checks_count(); i++)
		if (check_at(i)->family == family)
			write_check(out, check_at(i));
}

void manual_checks(struct str *out)
{
	str_add(out, ".Sh DESCRIPTION\n");
	man_text(out, introduction);
	for (enum family family = FAMILY_REPLICAS; family < FAMILIES; family++)
		write_family(out, family);
}
