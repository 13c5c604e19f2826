#include "base/log.h"
#include "message.h"
#include "migrate/told.h"

#define PAGE 500
#define FULL (8 << 20) /* bytes of messages */

static fallible read_chat(void *state, const struct db_rows *row)
{
	struct message_page *page = state;
	struct db_value text = db_cell(row, 1);
	if (db_is_text(text))
		chat_row_add_messages(&page->messages,
				      &(struct chat_row){.id = db_cell_text(row, 0),
							 .user_id = db_cell_text(row, 2),
							 .text = text.text,
							 .size = text.size,
							 .now = page->now,
							 .takes_nul = db_can(page->db, DB_CAN_STORE_ANYTHING),
							 .told = &page->told});
	return NULL;
}

static bool is_full(const void *state)
{
	return ((const struct message_page *)state)->messages.bytes.size > FULL;
}

fallible message_pass(struct work *work, struct message_page *page, fallible (*write)(void *page, struct work *work))
{
	page->messages.columns = message_columns;
	page->messages.width = MESSAGE_COLUMNS;
	struct error *error = work_pass(work, &(struct pass){.table = "chat",
							     .large = "chat",
							     .columns = "user_id",
							     .where = "user_id not like 'shared-%'",
							     .page = PAGE,
							     .full = is_full,
							     .read = read_chat,
							     .write = write,
							     .state = page});
	batch_cleanup(&page->messages);
	if (told_leaves_out(page->told))
		log_warning("in all %zu messages stay in their chats only; `owctl -v migrate repair --dry-run --only "
			    "messages` names the chats of all, once the migration is done",
			    page->told);
	return error;
}
