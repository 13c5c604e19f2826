/* Compiler attributes, in one place, as gcc 12 and clang 14 share them. */
#ifndef BASE_ATTRIBUTES_H
#define BASE_ATTRIBUTES_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define PRINTF(at, first) __attribute__((format(printf, at, first)))
#define UNUSED __attribute__((unused))

/* Ownership is visible in the declaration: `AUTO(str) struct str text = {0};` releases `text` when the scope ends.
 * A type takes part by defining `NAME_cleanup(TYPE *)`. */
#define AUTO(name) __attribute__((cleanup(name##_cleanup)))

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
