/* The parts of merging two accounts (merge.h): rows of other tables, documents that name an account inside, and what
 * stands in the row of "user" itself. Each looks what there is, does it, and looks again. */
#ifndef PROVISION_MERGE_PARTS_H
#define PROVISION_MERGE_PARTS_H

#include "provision/known_columns.h"
#include "provision/merge.h"

void merge_add_step(struct merge_plan *plan, const char *kind, const char *table, int64_t rows,
		    enum merge_outcome outcome);

/* ERR_FAILED unless a statement changed as many rows of `what` as were planned. */
fallible merge_changed(int64_t changed, int64_t planned, const char *what) MUST_CHECK;

/* merge_places.c: columns that hold the id of an account. */
fallible merge_places_plan(struct installation *installation, const struct known_columns *columns,
			   struct merge_plan *plan) MUST_CHECK;
fallible merge_places_run(struct installation *installation, const struct merge_plan *plan) MUST_CHECK;
fallible merge_places_check(struct installation *installation, const struct merge_plan *plan, char **fault) MUST_CHECK;
void merge_places_free(struct merge_places *places);

/* merge_documents.c: columns of JSON with such ids in it. */
fallible merge_documents_plan(struct installation *installation, const struct known_columns *columns,
			      struct merge_plan *plan) MUST_CHECK;
fallible merge_documents_run(struct installation *installation, const struct merge_plan *plan) MUST_CHECK;
fallible merge_documents_check(struct installation *installation, const struct merge_plan *plan, char **fault)
	MUST_CHECK;
void merge_documents_free(struct merge_documents *documents);

/* merge_profile.c: the row of "user", which the run deletes. */
fallible merge_profile_plan(struct installation *installation, const struct known_columns *columns,
			    struct merge_plan *plan) MUST_CHECK;
fallible merge_profile_run(struct installation *installation, const struct merge_plan *plan, int64_t now) MUST_CHECK;
fallible merge_profile_check(struct installation *installation, const struct merge_plan *plan, char **fault) MUST_CHECK;
void merge_profile_free(struct merge_profile *profile);

/* merge_json.c: appends the document with the account `from` named `into` wherever a server looks for one: "user_id",
 * "principal_id", "user" with an "id", and lists "user_ids", where it then stands once. False, and nothing is appended,
 * if the text does not name it so, or is no JSON. `is_list`: the document is such a list itself, or a string of one. */
bool merge_json(const char *text, size_t size, const char *from, const char *into, bool is_list, struct str *out);

#endif
