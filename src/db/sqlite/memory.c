/* SQLite holds a value whole, and twice while it writes a row: such blocks go where all large ones do. */
#include <pthread.h>

#include "base/file.h"
#include "base/large.h"
#include "base/memory.h"
#include "db/sqlite/sqlite.h"

/* What grows is what is sorted for an index, up to the size of the cache: that is to be quick. */
#define LARGE_WHEN_GROWN (32 << 20)

static sqlite3_mem_methods plain; /* SQLite's own */

static void *allocate(int size)
{
	void *block = large_map((size_t)size);
	return block ? block : plain.xMalloc(size);
}

static void release(void *block)
{
	if (large_size(block))
		large_unmap(block);
	else
		plain.xFree(block);
}

static int size_of(void *block)
{
	size_t size = large_size(block);
	return size ? (int)size : plain.xSize(block);
}

/* NULL: there is no memory, and the block stays. */
static void *resize(void *block, int size)
{
	size_t held = large_size(block);
	if (!held && size < LARGE_WHEN_GROWN)
		return plain.xRealloc(block, size);
	void *made = held ? large_remap(block, (size_t)size) : NULL;
	if (made || !(made = allocate(size)))
		return made;
	held = (size_t)size_of(block);
	large_copy(made, block, held < (size_t)size ? held : (size_t)size);
	release(block);
	return made;
}

static void configure(void)
{
	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) != SQLITE_OK)
		return;
	sqlite3_mem_methods methods = plain;
	methods.xMalloc = allocate;
	methods.xFree = release;
	methods.xRealloc = resize;
	methods.xSize = size_of;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

void sqlite_prepare_memory(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, configure);
}

/* Their files are where there is room for the database. */
void sqlite_use_large_blocks(struct sqlite *sqlite)
{
	AUTO(memory) char *folder = file_folder(sqlite_file(sqlite));
	large_use(folder);
}
