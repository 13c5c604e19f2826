/* owctl-migrations(7): what `owctl migrate` knows of revisions, releases and broken states. */
#include "base/embed.h"
#include "base/memory.h"
#include "cli/man_text.h"
#include "cli/markdown.h"
#include "commands/manual/manual.h"
#include "migrate/faults.h"
#include "openwebui/release.h"
#include "openwebui/revision.h"

EMBED_FILE(migration_differences, "docs/migration-differences.md");

static const char introduction[] =
	"Open WebUI changes its database in revisions, one after the other. The table alembic_version has the last one "
	"that was applied; each release brings the database to the newest that it knows when it starts. "
	"`owctl migrate` knows the revisions and releases below, tells where a database stands among them, and brings "
	"it to a later one. It never goes back: for that there is the copy that it makes first, or a backup.";

static const char engines[] =
	"`owctl migrate up --engine owctl`, which is the default, makes these revisions itself, on SQLite and on "
	"PostgreSQL: any database that records one of them comes up to any later one, and one that is empty gets all "
	"of them. Without --to that is the newest. What it looks for before it begins, how it goes on after it was cut "
	"off, and what a server may do meanwhile, is told in owctl-migrate(1).\n\n"
	"`--engine upstream` runs the migrations of an Open WebUI that is installed, under owctl's lock and looks: for "
	"a database that is newer than this owctl, and for tables from before 0.3.35.";

static const char faults[] =
	"What a migration leaves that was killed, that failed or that was recorded and not applied, and what a release "
	"did to rows by a mistake of its own. `owctl migrate verify` finds these states, `owctl migrate status` those "
	"that can be told without a look at rows, and `owctl migrate repair` mends them in this order; --only takes "
	"their names.";

static void write_revision(struct str *out, const struct revision *revision)
{
	const struct release *first, *last;
	AUTO(memory) char *title = text_format("%s.", revision->title); /* begins with the name of a table, mostly */
	man_macro(out, "It Cm", revision->id);
	man_text(out, title);
	if (!release_span(revision->id, &first, &last))
		return;
	str_add_format(out, "The newest of %s", first->version);
	if (first != last)
		str_add_format(out, " to %s", last->version);
	str_add(out, ".\n");
}

static void write_fault(struct str *out, const struct fault_kind *kind)
{
	man_macro(out, "It Cm", kind->name);
	man_sentence(out, kind->summary);
	if (kind->harmless)
		man_text(out, "Servers run with it, and it keeps nobody from migrating.");
	if (kind->takes_rows)
		man_text(out, "Mending it deletes rows, which are told first.");
	if (!kind->mend)
		man_text(out, "It is mended by hand.");
}

static void section(struct str *out, const char *heading, const char *text)
{
	man_macro(out, "Sh", heading);
	man_text(out, text);
}

void manual_migrations(struct str *out)
{
	section(out, "DESCRIPTION", introduction);
	section(out, "Engines", engines);
	section(out, "Revisions",
		"Oldest first, with the releases that have it as their newest. A release may bring several: then the "
		"others are no release's, and a database stands at one only where its upgrade was cut off.");
	str_add(out, ".Bl -tag -width Ds\n");
	for (int ordinal = 1; ordinal <= revision_count(); ordinal++)
		write_revision(out, revision_at(ordinal));
	str_add(out, ".El\n");
	section(out, "Broken states", faults);
	str_add(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; fault_kinds[i]; i++)
		write_fault(out, fault_kinds[i]);
	str_add(out, ".El\n.Sh Differences\n");
	man_markdown(out, migration_differences);
}
