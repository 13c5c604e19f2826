/* What a profile of AWS's shared files says. */
#ifndef STORE_S3_PROFILE_H
#define STORE_S3_PROFILE_H

#include <stdbool.h>

#include "base/error.h"

struct s3_profile {
	bool found;
	char *access_key, *secret_key, *session_token;
	char *role, *role_session, *token_file;
	char *region;
	char *elsewhere; /* the name of a line by which keys are had in a way that owctl does not know */
};
void s3_profile_cleanup(struct s3_profile *profile); /* wipes it */

/* The profile that AWS_PROFILE names, else "default". ERR_SETTINGS where the one that is named is not there. */
fallible s3_profile_read(struct s3_profile *profile) MUST_CHECK;

#endif
