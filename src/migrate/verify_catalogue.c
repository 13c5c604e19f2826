/* Two catalogues beside each other: what one should have and the other has not is a fault, what is there besides is its
 * owner's. */
#include "base/memory.h"
#include "migrate/comparison.h"

void comparison_add_besides(struct comparison *comparison, bool later, const char *name, const char *noun, char *place)
{
	struct finding finding = {.kind = FINDING_FOREIGN, .name = name};
	finding.place = place;
	if (later) {
		finding.kind = FINDING_CATALOGUE;
		finding.name = "of-later-revision";
		finding.what = text_format("%s of a later revision, which a migration will stumble over", noun);
		finding.mend = text_copy("owctl migrate repair");
	} else {
		finding.what = text_format("%s that is not Open WebUI's", noun);
	}
	findings_add(comparison->findings, finding);
}

static void compare_table(struct comparison *comparison, const struct table_shape *table)
{
	comparison->table = table;
	comparison->there = catalogue_table(comparison->live, table->name);
	if (!comparison->there) {
		findings_add(comparison->findings, (struct finding){.name = "missing-table",
							    .place = text_copy(table->name),
							    .what = text_copy("the table is not there"),
							    .mend = text_copy("take it from a backup"),
							    .breaks = true});
		return;
	}
	compare_columns(comparison);
	compare_keys(comparison);
	list_columns_besides(comparison);
	list_keys_besides(comparison);
}

/* A table of a migration that is, or was, under way: where nobody goes on with it, that is a fault. */
static bool is_of_migration(const char *table)
{
	return text_starts(table, "_alembic_tmp_") || text_starts(table, "owctl_") || text_equal(table, "prompt_new");
}

static void list_tables_besides(struct comparison *comparison)
{
	const struct catalogue *live = comparison->live;
	for (size_t i = 0; i < live->count; i++) {
		const char *name = live->tables[i].name;
		if (!catalogue_table(comparison->expected, name) && !is_of_migration(name) &&
		    !family_has_more(comparison->family, name, NULL))
			comparison_add_besides(comparison, catalogue_table(comparison->newest, name), "table",
					       "a table", text_copy(name));
	}
	for (size_t i = 0; i < live->others.count; i++) {
		if (text_starts(live->others.items[i], "trigger owctl_"))
			continue;
		findings_add(comparison->findings, (struct finding){.kind = FINDING_FOREIGN,
							    .name = "other",
							    .place = text_copy(live->others.items[i]),
							    .what = text_copy("not Open WebUI's")});
	}
}

void verify_catalogue(const struct catalogues *catalogues, bool alters, struct findings *findings)
{
	struct comparison comparison = {.expected = catalogues->expected,
					.newest = catalogues->newest,
					.live = &catalogues->live,
					.family = catalogue_family(&catalogues->live),
					.alters = alters,
					.findings = findings};
	for (size_t i = 0; i < comparison.expected->count; i++)
		compare_table(&comparison, &comparison.expected->tables[i]);
	list_tables_besides(&comparison);
}

void catalogues_cleanup(struct catalogues *catalogues)
{
	catalogue_cleanup(&catalogues->live);
}

fallible catalogues_read(struct db *db, const struct revision *revision, struct catalogues *catalogues)
{
	TRY(catalogue_read(db, &catalogues->live));
	return catalogue_expect(revision, &catalogues->expected, &catalogues->newest);
}
