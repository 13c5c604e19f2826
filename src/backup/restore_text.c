#include "backup/restore_text.h"

#include <string.h>

#include "base/embed.h"
#include "base/str.h"

EMBED_FILE(restore_page, "src/backup/RESTORE.txt");
EMBED_FILE(restore_snapshot, "src/backup/restore/1_snapshot.sh");
EMBED_FILE(restore_plan, "src/backup/restore/2_plan.sh");
EMBED_FILE(restore_load, "src/backup/restore/3_load.sh");
EMBED_FILE(restore_files, "src/backup/restore/4_files.sh");

fallible restore_text_put(struct store *store)
{
	AUTO(str) struct str script = {0};
	str_add(&script, restore_snapshot);
	str_add(&script, restore_plan);
	str_add(&script, restore_load);
	str_add(&script, restore_files);
	TRY(store_put(store, RESTORE_PAGE_OBJECT, restore_page, strlen(restore_page), STORE_ANY));
	return store_put(store, RESTORE_SCRIPT_OBJECT, str_text(&script), script.size, STORE_ANY);
}
