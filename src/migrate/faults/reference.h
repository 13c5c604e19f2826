/* A foreign key of one column (there are no others in the chain) as faults name and ask for it. */
#ifndef MIGRATE_FAULTS_REFERENCE_H
#define MIGRATE_FAULTS_REFERENCE_H

#include "migrate/catalogue.h"

/* "chat_file.file_id"; to be freed. */
char *reference_name(const struct table_shape *table, const struct key_shape *key) MUST_CHECK;

/* The condition under which a row of the table refers to one that is not there, as SQL; to be freed. */
char *reference_leads_nowhere(const struct table_shape *table, const struct key_shape *key) MUST_CHECK;

#endif
