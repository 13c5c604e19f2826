/* The text of a table as its owner may have left it in the file: taken apart and changed without a crash; what is not
 * changed is read again as it was written. The first byte says which change is made. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "migrate/sql_token.h"
#include "migrate/table_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_written(const struct table_text *table)
{
	AUTO(table_text) struct table_text again = {0};
	AUTO(memory) char *sql = table_text_write(table, "t");
	assert(table_text_read(&again, sql));
	assert(again.count == table->count && text_equal(again.tail, table->tail));
	for (size_t i = 0; i < table->count; i++)
		assert(text_equal(again.items[i].text, table->items[i].text) &&
		       text_equal(again.items[i].column, table->items[i].column));
}

static bool change(struct table_text *table, uint8_t which, const char *column)
{
	switch (which % 7) {
	case 0:
		return table_text_drop_column(table, column);
	case 1:
		return table_text_drop_constraint(table, column);
	case 2:
		return table_text_set_type(table, column, "JSON");
	case 3:
		return table_text_set_clause(table, column, "NOT", "NOT NULL");
	case 4:
		return table_text_set_clause(table, column, "DEFAULT", NULL);
	case 5:
		table_text_add(table, "CONSTRAINT own PRIMARY KEY (a)");
		return true;
	default:
		table_text_add(table, "own TEXT");
		return true;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	AUTO(memory) char *sql = text_copy_n((const char *)data + 1, size - 1);
	AUTO(table_text) struct table_text table = {0};
	AUTO(strings) struct strings statements = {0};
	sql_statements(sql, &statements);
	if (!table_text_read(&table, sql))
		return 0;
	check_written(&table);
	for (size_t i = table.count; i-- > 0;) {
		AUTO(memory) char *column = text_copy(i < table.count ? table.items[i].column : NULL);
		change(&table, *data, column ? column : "a");
	}
	free(table_text_write(&table, "t"));
	return 0;
}
