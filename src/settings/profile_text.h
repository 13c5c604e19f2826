/* Changes to the file of profiles, each from one text to another. They are made line by line, as an editor would:
 * libfyaml would print the document without its comments. Whether the lines were the right ones is seen by reading the
 * result (profile_edit.c); a layout that this can't handle (flow style) is to be left alone. Only for
 * profile_edit.c. */
#ifndef SETTINGS_PROFILE_TEXT_H
#define SETTINGS_PROFILE_TEXT_H

#include "settings/profile_file.h"

/* All results are to be released with secret_free. `profile` of the second is one of the file's. */
char *profile_text_with_profile(const struct profile_file *file, const struct profile *profile) MUST_CHECK;
char *profile_text_without_profile(const struct profile_file *file, const struct profile *profile) MUST_CHECK;
char *profile_text_with_default(const struct profile_file *file, const char *name) MUST_CHECK;
char *profile_text_without_default(const struct profile_file *file) MUST_CHECK; /* of one that has a default */

#endif
