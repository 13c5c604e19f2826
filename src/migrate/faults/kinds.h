/* The kinds of faults, one a file of this folder; their order is in migrate/faults.c. */
#ifndef MIGRATE_FAULTS_KINDS_H
#define MIGRATE_FAULTS_KINDS_H

#include "migrate/faults.h"

extern const struct fault_kind fault_two_revisions, fault_stamped_back, fault_left_behind, fault_scratch_table,
	fault_user_json, fault_begun, fault_stamped_past, fault_no_key, fault_missing, fault_group_members,
	fault_access_lists, fault_old_chat, fault_messages, fault_encoded_twice, fault_orphans, fault_emails,
	fault_pending_index, fault_foreign_keys;

#endif
