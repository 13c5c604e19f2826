/* Whether other people of this machine can read or change the database. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "health/result.h"
#include "health/scene.h"

/* Whether everybody gets as far as into this folder. */
static bool is_open_to_all(const char *folder)
{
	AUTO(memory) char *at = text_copy(folder);
	struct stat status;
	for (;;) {
		if (stat(at, &status) || !(status.st_mode & S_IXOTH))
			return false;
		char *slash = strrchr(at, '/');
		if (!slash || !at[1])
			return true;
		slash[slash == at ? 1 : 0] = '\0';
	}
}

static fallible look(struct checking *checking)
{
	const char *file = checking->installation->file;
	AUTO(memory) char *folder = file_folder(file);
	struct stat of_file, of_folder;
	if (stat(file, &of_file) || stat(folder, &of_folder) || !is_open_to_all(folder))
		return NULL;
	bool replaced = (of_folder.st_mode & S_IWOTH) && !(of_folder.st_mode & S_ISVTX);
	if ((of_file.st_mode & S_IWOTH) || replaced)
		checking_found(checking, file, "can be changed by everybody who has an account on this machine");
	else if (of_file.st_mode & S_IROTH)
		checking_found_as(checking, SEVERITY_INFO, file,
				  "can be read by everybody who has an account on this machine");
	return NULL;
}

HEALTH_CHECK(open_file) = {
	.code = "OW811",
	.name = "database-file-private",
	.title = "the database's file belongs to the server alone",
	.family = FAMILY_SECURITY,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_DATABASE | NEEDS_DATABASE_FILE,
	.stage = CHECK_IN_DATABASE,
	.why = "It has all chats, and the keys of models and users in the clear. That it can be read is only "
	       "mentioned: in a container, or on a machine of one's own, there are no others. Folders above it count.",
	.remedy = "chmod 700 the folder of data, as the user that the server runs as",
	.run = look,
};
