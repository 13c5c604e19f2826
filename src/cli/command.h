/* A command is data. One descriptor a command: from it come the parser, help at every level, the man pages, the
 * completions, the published JSON schema, and the check of what a handler may use. Handlers are thin: arguments in, one
 * call into a job, cells out.
 *
 * A command's values go into a struct of its own; the descriptor says where each option's value lies:
 *
 *     struct arguments { const char *role; bool all; };
 *     static const struct option options[] = {
 *         {.name = "role", OPTION_TEXT(struct arguments, role), .value_name = "ROLE", .help = "..."},
 *         {.name = "all", .letter = 'a', OPTION_FLAG(struct arguments, all), .help = "..."},
 *         {0},
 *     };
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "cli/output.h"

struct context;
struct completing;

enum value_type {
	VALUE_FLAG,     /* bool */
	VALUE_COUNT,    /* int64_t: how often it was given, as in -vv */
	VALUE_TEXT,     /* const char *; NULL when not given and without a fallback; UTF-8 unless it is a path */
	VALUE_TEXTS,    /* struct strings; repeatable; the same */
	VALUE_INTEGER,  /* int64_t, decimal; `smallest` and `largest` bound it */
	VALUE_CHOICE,   /* const char *, one of `choices` */
	VALUE_CHOICES,  /* struct strings of `choices`, comma-separated or repeated */
	VALUE_DURATION, /* int64_t seconds: 90, 90s, 15m, 2h, 7d, 4w */
	VALUE_TIME,     /* int64_t seconds since 1970: RFC 3339 or a date; 0 when not given */
};

/* Global options are shown where they mean something; they are accepted everywhere, so that a script can add them. */
enum option_scope {
	FOR_EVERYTHING,
	FOR_SETTINGS, /* commands that look at an installation: all but the `standalone` ones */
	FOR_DATA,     /* commands with columns */
	FOR_CHANGES,  /* commands that change something */
};

/* Appends the words that could stand for a value which begins with `prefix`, each as "word" or "word\tdescription".
 * Runs while a shell waits: quick, silent, no prompts; nothing at all when it cannot find out. What it may know of the
 * line: cli/complete.h. */
typedef void completer(const struct completing *completing, const char *prefix, struct strings *words);

/* Completers that shells do better themselves. Who has one of them takes a path, which may be any bytes. */
completer complete_file, complete_folder;

/* Names of profiles. */
completer complete_profile;

struct option {
	const char *name; /* long form without dashes; a VALUE_FLAG with `negatable` also answers to --no-NAME */
	char letter;      /* short form, or 0 */
	enum value_type type;
	size_t offset;          /* of the value in the command's struct */
	const char *value_name; /* "ROLE"; NULL for flags */
	const char *help;       /* one sentence without a full stop, lower case; required */
	const char *fallback;   /* the default as it would be typed, or NULL */
	const char *alone;      /* what --NAME means; another value takes --NAME=VALUE. NULL: it needs one, or none */
	const char *const *choices;
	int64_t smallest, largest; /* VALUE_INTEGER; both 0: from 0 up. VALUE_DURATION: the first alone */
	bool required;
	bool may_be_empty; /* an empty text is a value; else it is refused: mostly a shell variable is not set */
	bool negatable;
	bool hidden; /* for scripts of our own; not in help */
	enum option_scope scope; /* of a global option */
	completer *complete;
};

/* Positional arguments use the same macros. Required ones come first; only the last one may be VALUE_TEXTS. */
struct argument {
	const char *name; /* "EMAIL" */
	enum value_type type;
	size_t offset;
	const char *help;
	bool required;
	completer *complete;
	const char *const *choices;
};

/* `.name = "x", OPTION_TEXT(struct arguments, x)`: type and place of a value, checked by the compiler. */
#define VALUE_AT(value_type, c_type, type_name, member)                                            \
	.type = (value_type),                                                                      \
	.offset = offsetof(type_name, member) +                                                    \
		  0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((type_name *)0)->member), c_type) ? 1 : -1])
#define OPTION_FLAG(type_name, member) VALUE_AT(VALUE_FLAG, bool, type_name, member)
#define OPTION_COUNT(type_name, member) VALUE_AT(VALUE_COUNT, int64_t, type_name, member)
#define OPTION_TEXT(type_name, member) VALUE_AT(VALUE_TEXT, const char *, type_name, member)
#define OPTION_TEXTS(type_name, member) VALUE_AT(VALUE_TEXTS, struct strings, type_name, member)
#define OPTION_INTEGER(type_name, member) VALUE_AT(VALUE_INTEGER, int64_t, type_name, member)
#define OPTION_CHOICE(type_name, member, words)                                                    \
	VALUE_AT(VALUE_CHOICE, const char *, type_name, member), .choices = (words)
#define OPTION_CHOICES(type_name, member, words)                                                   \
	VALUE_AT(VALUE_CHOICES, struct strings, type_name, member), .choices = (words)
#define OPTION_DURATION(type_name, member) VALUE_AT(VALUE_DURATION, int64_t, type_name, member)
#define OPTION_TIME(type_name, member) VALUE_AT(VALUE_TIME, int64_t, type_name, member)

struct example {
	const char *line; /* without the prompt: "owctl user list --role admin" */
	const char *what; /* what it does, one clause */
};

struct command {
	const char *name;        /* one word: "list" */
	const char *summary;     /* one line for the list of commands: lower case, no full stop */
	const char *description; /* paragraphs separated by an empty line; plain text */
	const struct command *const *subcommands; /* NULL-terminated; a group has these and no `run` */
	const struct argument *arguments;         /* this and the tables below end with {0} or are NULL */
	const struct option *options;
	const struct example *examples;
	const int *exits;               /* exit statuses it can give besides 0, 1, 64, 130; ends with 0 */
	const struct exit_status *verdicts; /* statuses that tell what it found (context->verdict), instead of what they
					     * mean elsewhere; ends with a NULL name. NULL: it has none. The last and
					     * largest one says that not all is known, as an error below it does */
	const struct column *columns;   /* what it prints as data, or NULL; see output.h */
	enum output_shape shape;        /* of that data */
	enum output_format format;      /* of that data without -o */
	bool changes;                   /* it changes something: --dry-run, --yes and --audit-log make sense */
	bool standalone;                /* it needs no settings: a broken profile must not stop `owctl version` */
	bool hidden;
	bool untold;                    /* no telemetry hears of it: it is a place to be at */
	size_t size; /* of its struct of values */
	fallible (*run)(struct context *context, const void *values);
};

/* The top: "owctl" itself, whose subcommands are the groups (commands/commands.c). */
extern const struct command root_command;

/* Options that every command takes (globals.c); values in struct globals. Ends with {0}. */
extern const struct option global_options[];

#endif
