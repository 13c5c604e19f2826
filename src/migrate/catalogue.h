/* What a database's catalogue says, at the level that SQLite and PostgreSQL share: tables, columns, keys, indexes. It
 * is read from a live database with a few statements that look at no table of it, or worked out for a revision by
 * running the SQL of the chain in memory. Two of them are compared by verify_catalogue (migrate/verify.h). */
#ifndef MIGRATE_CATALOGUE_H
#define MIGRATE_CATALOGUE_H

#include "db/db.h"
#include "openwebui/revision.h"

/* What a column is for Open WebUI, whatever the engine calls it: TEXT and VARCHAR are texts, INTEGER and BIGINT are
 * integers, DATE and TIMESTAMP are times. PostgreSQL's jsonb is no JSON: texts come back from it as others. */
enum type_class { TYPE_TEXT, TYPE_INTEGER, TYPE_BOOLEAN, TYPE_JSON, TYPE_TIME, TYPE_OTHER };
extern const char *const type_class_names[];

struct column_shape {
	char *name;
	char *declared; /* as the engine has it */
	enum type_class type;
	bool required; /* NOT NULL */
	int key;       /* its place in the primary key, from 1 on; 0: none */
};

enum key_kind { KEY_UNIQUE, KEY_INDEX, KEY_FOREIGN };

struct key_shape {
	enum key_kind kind;
	bool named;    /* an index that somebody named, unique or not; else it stands for a constraint */
	bool partial;
	bool invalid;  /* an index that could not be built, a foreign key that old rows were not checked against */
	char *name;    /* of the index or constraint; of a foreign key of SQLite its columns */
	struct strings columns; /* in order; an expression is "<expression>" */
	char *parent;  /* KEY_FOREIGN: the table it refers to, */
	struct strings parent_columns;
	char *actions; /* KEY_FOREIGN: "ON DELETE CASCADE ON UPDATE NO ACTION" */
	char *sql;     /* that makes it, where that is known, or NULL */
};

struct table_shape {
	char *name;
	char *text; /* of SQLite: the statement that makes it; else NULL */
	struct column_shape *columns;
	size_t column_count;
	struct key_shape *keys;
	size_t key_count;
};

struct catalogue {
	struct table_shape *tables;
	size_t count;
	struct strings others; /* "view x", "trigger y on z" */
};
void catalogue_cleanup(struct catalogue *catalogue);

/* Of the open transaction's database. Without the engine's own tables, and those of an extension. */
fallible catalogue_read(struct db *db, struct catalogue *catalogue) MUST_CHECK;

/* What Open WebUI's migrations make of an empty SQLite database up to `revision`, and what the newest ones make of it,
 * both without alembic_version. The first question takes as long as migrating an empty database, some 50 ms; as the
 * answers are always the same ones, they are kept, and borrowed until the process ends. Not for several threads. */
fallible catalogue_expect(const struct revision *revision, const struct catalogue **expected,
			  const struct catalogue **newest) MUST_CHECK;

/* NULL: it is not there. A table that is NULL has none. */
const struct table_shape *catalogue_table(const struct catalogue *catalogue, const char *table);
const struct column_shape *catalogue_column(const struct table_shape *table, const char *column);

/* Whether the table is there, with all of these columns. */
bool catalogue_has_columns(const struct table_shape *table, const struct strings *columns);

/* The columns of the primary key, in its order. */
void catalogue_primary_key(const struct table_shape *table, struct strings *columns);

/* Whether no two rows of the table can have the same values in these columns. */
bool catalogue_is_unique(const struct table_shape *table, const struct strings *columns);

/* The foreign key of the same columns to the same ones, or NULL. */
const struct key_shape *catalogue_foreign_key(const struct table_shape *table, const struct key_shape *key);

/* Whether both have the same names, in the same order or in any. */
bool catalogue_same_columns(const struct strings *a, const struct strings *b, bool in_order);

/* ---- families: databases that the releases themselves made differently ---- */

enum family {
	FAMILY_NONE,        /* there are no tables of Open WebUI */
	FAMILY_ALEMBIC,     /* born with 0.10 or later, or with owctl */
	FAMILY_ALEMBIC_096, /* born with 0.9.6, whose 242a2047eae0 leaves chat.old_chat behind */
	FAMILY_PEEWEE,      /* born before 0.9.6, with peewee's types and names */
	FAMILY_PEEWEE_096,  /* the same, and 0.9.6 or later took it through 38d63c18f30f */
};
extern const char *const family_names[]; /* "alembic", "alembic-0.9.6", ..; of FAMILY_NONE NULL */

enum family catalogue_family(const struct catalogue *live);

/* Where a database of a family may differ from what catalogue_expect tells, without being at fault. */
bool family_has_type(enum family family, const char *table, const struct column_shape *live);
bool family_requires(enum family family, const char *table, const char *column);           /* it is NOT NULL */
bool family_has_more(enum family family, const char *table, const char *column); /* column NULL: the table itself */
bool family_has_index(enum family family, const char *table, const char *index);

#endif
