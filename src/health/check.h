/* A check is a descriptor and a small function. All that is to be known about it stands in its file, which is all that
 * is to be added for one: HEALTH_CHECK puts it into the list (checks.h), and the command's help, the pages and the
 * tests go by that list.
 *
 *     HEALTH_CHECK(other_key) = {
 *         .code = "OW202", .name = "same-secret-key", .family = FAMILY_FLEET, .severity = SEVERITY_CRITICAL, ..
 *         .run = look_for_other_key,
 *     };
 *
 * A check looks, and changes nothing. What it needs that is not there (`needs`) keeps it from being run, and is told.
 * What it finds is told by checking_found; that nothing is wrong, by returning without; that there is nothing that it
 * could look at, by result_skip; an error means that it could not find out, and is told as such. */
#ifndef HEALTH_CHECK_H
#define HEALTH_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* In the order of reports; the first digit of a code. */
enum family {
	FAMILY_REPLICAS = 1, /* each by itself */
	FAMILY_FLEET,	     /* the replicas as a whole */
	FAMILY_DATABASE,
	FAMILY_REDIS,
	FAMILY_STORAGE, /* files and vectors */
	FAMILY_ORCHESTRATOR,
	FAMILY_BALANCER,
	FAMILY_SECURITY,
	FAMILY_BACKUPS, /* and what tells how it goes: logs, metrics */
	FAMILIES,
};
struct family_words {
	const char *name;  /* for --only and --skip */
	const char *title; /* a heading */
};
extern const struct family_words family_words[FAMILIES];

enum severity {
	SEVERITY_INFO,     /* worth knowing; never changes the verdict */
	SEVERITY_WARNING,  /* works, and will not for ever, or not as well as it could */
	SEVERITY_CRITICAL, /* people are hit by it now, or data is at risk */
	SEVERITIES,
};
extern const char *const severity_names[SEVERITIES];

/* How sure it is that something is wrong where it is found. */
enum certainty {
	CERTAINTY_PROVEN, /* it was seen */
	CERTAINTY_LIKELY, /* it follows from what was seen, unless something that owctl can't see makes up for it */
	CERTAINTIES,
};
extern const char *const certainty_names[CERTAINTIES];

/* What has to be there for a check to be run. */
enum need {
	NEEDS_REPLICAS = 1 << 0,      /* one that answers as Open WebUI */
	NEEDS_TWO_REPLICAS = 1 << 1,  /* two that do */
	NEEDS_BALANCER = 1 << 2,      /* WEBUI_URL answers */
	NEEDS_DATABASE = 1 << 3,
	NEEDS_SQL_SERVER = 1 << 4,    /* a database that is a server: PostgreSQL */
	NEEDS_DATABASE_FILE = 1 << 5, /* one that is a file: SQLite */
	NEEDS_REDIS = 1 << 6,
	NEEDS_STORAGE = 1 << 7,
	NEEDS_REPOSITORY = 1 << 8,
	NEEDS_ORCHESTRATOR = 1 << 9,
	NEEDS_SECRET_KEY = 1 << 10,
	NEEDS_REVISION = 1 << 11,     /* a database at one revision that this owctl knows */
	NEEDS_ADDRESS = 1 << 12,      /* WEBUI_URL is set */
	NEEDS_FRONT = 1 << 13,        /* and is not the only replica itself */
	NEEDS_TLS = 1 << 14,          /* it is set and begins with https: */
	NEEDS_REDIS_NAMED = 1 << 15,  /* the settings name one, whether it is reached or not */
	NEEDS_REDIS_INFO = 1 << 16,   /* it lets its INFO be read, which what clouds sell may not */
	NEEDS_DATABASE_NAMED = 1 << 17, /* the settings name one, whether it is reached or not */
	NEEDS_ACCOUNT = 1 << 18,      /* --deep: what only people see who have signed in was looked at */
	/* Of parts that are looked at as a whole: a check inside the one is not held up by another. */
	NEEDS_OTHERS = NEEDS_DATABASE | NEEDS_REDIS | NEEDS_STORAGE | NEEDS_REPOSITORY,
};
struct check;
unsigned check_needs(const struct check *check); /* with those of its stage */
/* Whether a check with these needs may be run; *why (static) is what is missing if not. */
struct scene;
bool needs_are_met(const struct scene *scene, unsigned needs, const char **why);

/* When a check is run, and what `struct checking` has for it. */
enum check_stage {
	CHECK_AT_END,	   /* when everybody was looked at; by what was seen alone, in the main thread */
	CHECK_IN_DATABASE, /* `installation`, inside a read transaction */
	CHECK_IN_REDIS,	   /* `redis` */
};

struct installation;
struct redis;
struct result;
struct settings;

struct checking {
	const struct scene *scene; /* before the end: what was prepared, and what this stage has seen */
	struct settings *settings; /* CHECK_AT_END and CHECK_IN_DATABASE: they are for one thread at a time */
	struct installation *installation;
	struct redis *redis;
	struct result *result; /* for checking_found */
};

struct check {
	const char *code;  /* "OW202"; stable, never used again for something else */
	const char *name;  /* "same-secret-key", stable as well */
	const char *title; /* what is true where all is well: "all replicas have the same secret key" */
	enum family family;
	enum check_stage stage;
	enum severity severity; /* of what it finds, unless checking_found_as says otherwise */
	enum certainty certainty;
	unsigned needs;
	const char *why;    /* what it means for people if it is not so, and how it is looked at */
	const char *remedy; /* what to do: commands and settings */
	const char *page;   /* of upstream's documentation, or an issue; NULL: none */
	fallible (*run)(struct checking *checking);
};

#define HEALTH_CHECK(variable)                                                                       \
	static const struct check variable;                                                          \
	static const struct check *const variable##_entry __attribute__((section("health_checks"), used)) = \
		&variable;                                                                           \
	static const struct check variable

#endif
