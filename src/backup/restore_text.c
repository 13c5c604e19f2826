#include "backup/restore_text.h"

#include <string.h>

#include "base/embed.h"

EMBED_FILE(restore_page, "src/backup/RESTORE.txt");
EMBED_FILE(restore_script, "src/backup/restore.sh");

fallible restore_text_put(struct store *store)
{
	TRY(store_put(store, "RESTORE.txt", restore_page, strlen(restore_page), STORE_ANY));
	return store_put(store, "restore.sh", restore_script, strlen(restore_script), STORE_ANY);
}
