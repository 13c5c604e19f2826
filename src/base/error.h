/* Errors: one idiom everywhere. A function that can fail returns `struct error *`, NULL when all is well; its results
 * come through pointers at the end of the parameter list and are untouched after a failure unless it says otherwise.
 * The caller owns the error: it passes it on (TRY), adds what it was doing (error_wrap), or frees it.
 * Printed as `owctl: what failed: why` and `hint: what to do`. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/attributes.h"

/* The code is the exit status (table in error.c, shown by `owctl help exit-status`). */
enum error_code {
	ERR_FAILED = 1,       /* none of the others; a change that was made but not recorded; "no" to a question */
	ERR_NO = 2,           /* the answer is no: differences, pending migrations, damage found */
	ERR_USAGE = 64,       /* the command line */
	ERR_INPUT = 65,       /* data given to a command */
	ERR_UNREACHABLE = 69, /* a service does not answer */
	ERR_BUSY = 75,        /* locked or busy, try again */
	ERR_PERMISSION = 77,  /* not permitted */
	ERR_SETTINGS = 78,    /* bad settings */
	ERR_INTERRUPTED = 130, /* SIGINT or SIGTERM */
	ERR_PIPE = 141        /* the reader of stdout went away; the status a shell shows for SIGPIPE */
};

struct error {
	enum error_code code;
	char *message; /* what failed; the why is in `cause` */
	char *hint;    /* what to do, or NULL */
	struct error *cause;
};

typedef struct error *fallible; /* the return type of everything that can fail */

fallible error_new(enum error_code code, const char *format, ...) PRINTF(2, 3) MUST_CHECK;

/* As error_new, followed by ": " and the text of `errnum`. EACCES, EPERM and EROFS become ERR_PERMISSION. */
fallible error_system(int errnum, const char *format, ...) PRINTF(2, 3) MUST_CHECK;

/* Puts "what was being done" in front of a cause, whose code it takes. Takes over `cause`; NULL stays NULL. */
fallible error_wrap(struct error *cause, const char *format, ...) PRINTF(2, 3) MUST_CHECK;

/* Gives `error` a hint (the first one given stays: it was nearest to the cause). Returns `error`. */
fallible error_hint(struct error *error, const char *format, ...) PRINTF(2, 3) MUST_CHECK;

/* The same, but behind the hint that is there: "make room; what is done stays". */
fallible error_hint_also(struct error *error, const char *format, ...) PRINTF(2, 3) MUST_CHECK;

/* Takes the hints out of `error` and its causes, where what they advise would be wrong by now. Returns `error`. */
fallible error_without_hints(struct error *error) MUST_CHECK;

/* The message with all its causes, "a: b: c". To be freed. */
char *error_text(const struct error *error) MUST_CHECK;
/* The hint nearest to the cause, or NULL; borrowed. */
const char *error_hint_text(const struct error *error);

void error_free(struct error *error);
static inline void error_cleanup(struct error **error)
{
	error_free(*error);
}

/* For errors that lose against one that is being reported already (say, a rollback after a failed statement). */
static inline void error_ignore(struct error *error)
{
	error_free(error);
}

#define TRY(call)                                 \
	do {                                      \
		struct error *try_error = (call); \
		if (try_error)                    \
			return try_error;         \
	} while (0)

/* The table of exit statuses, in numeric order, beginning with 0. Ends with a NULL name. */
struct exit_status {
	int code;
	const char *name; /* one word, stable: the "code" of an error in JSON */
	const char *meaning;
};
extern const struct exit_status exit_statuses[];
const struct exit_status *exit_status_of(int code);

#endif
