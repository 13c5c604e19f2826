/* On SQLite a revision that failed left the empty table group_member, and the next start took that for a complete one:
 * all memberships stayed in group.user_ids, where nothing looks any more. */
#include "migrate/faults/kinds.h"
#include "migrate/faults/step.h"
#include "migrate/faults/trace.h"

static fallible find(struct faults *faults)
{
	bool left, members;
	if (!revision_reaches(faults->installation->revision, REVISION_37f288994c47))
		return NULL;
	TRY(trace_has(faults, "group", "user_ids", &left));
	TRY(trace_has(faults, "group_member", NULL, &members));
	if (left && members)
		faults_add(faults,
			   (struct fault_about){.mending = "members that group_member lacks are added to it, and the "
							   "column is dropped"},
			   "the column group.user_ids is there, whose members should be in group_member");
	return NULL;
}

/* What group_member has already stays. */
static fallible mend(struct work *work, const struct fault *fault)
{
	(void)fault;
	return step_run(work, revision_at(REVISION_37f288994c47));
}

const struct fault_kind fault_group_members = {
	.name = "group-members",
	.summary = "the members of groups were not carried over to group_member",
	.by_catalogue = true,
	.find = find,
	.mend = mend,
};
