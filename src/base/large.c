#include "base/large.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/large_file.h"
#include "base/memory.h"

/* From so many bytes on it matters that what was touched counts as memory of the process, and how long it may. */
#define TRIM_FROM (32 << 20)
#define TRIM_NS (1000 * 1000)

#define PAGE 4096 /* blocks begin at one, and no block of malloc does */

struct block {
	char *at;
	size_t size;
	int fd;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t much; /* `total` is worth trimming */
	char *folder;
	struct block *blocks;
	size_t count, room;
	size_t total; /* bytes */
	bool trimmed; /* there is a thread for that */
} large = {.lock = PTHREAD_MUTEX_INITIALIZER, .much = PTHREAD_COND_INITIALIZER};

void large_use(const char *folder)
{
	pthread_mutex_lock(&large.lock);
	if (!large.folder)
		large.folder = text_copy(large_file_folder(folder));
	pthread_mutex_unlock(&large.lock);
}

/* ---- what is not in use just now ---- */

static void trim(void)
{
	for (size_t i = 0; large.total >= TRIM_FROM && i < large.count; i++)
		madvise(large.blocks[i].at, large.blocks[i].size, MADV_DONTNEED); /* the file keeps it */
}

static void *go_on_trimming(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&large.lock);
	for (;;) {
		while (large.total < TRIM_FROM)
			pthread_cond_wait(&large.much, &large.lock);
		trim();
		pthread_mutex_unlock(&large.lock);
		nanosleep(&(struct timespec){.tv_nsec = TRIM_NS}, NULL);
		pthread_mutex_lock(&large.lock);
	}
	return NULL;
}

/* Signals are for the others. Without a thread more of it counts, and nothing else. */
static void start_trimming(void)
{
	pthread_t thread;
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (!pthread_create(&thread, NULL, go_on_trimming, NULL))
		pthread_detach(thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	large.trimmed = true;
}

static void count(size_t more)
{
	large.total += more;
	if (large.total < TRIM_FROM)
		return;
	if (!large.trimmed)
		start_trimming();
	pthread_cond_signal(&large.much);
}

/* ---- blocks ---- */

static struct block *find(const void *at)
{
	for (size_t i = 0; i < large.count; i++)
		if (large.blocks[i].at == at)
			return &large.blocks[i];
	return NULL;
}

static bool may_be_one(const void *block)
{
	return block && !((uintptr_t)block % PAGE);
}

static void add(struct block block)
{
	if (large.count == large.room) {
		large.room = large.room ? 2 * large.room : 16;
		large.blocks = mem_resize(large.blocks, large.room, sizeof *large.blocks);
	}
	large.blocks[large.count++] = block;
	count(block.size);
}

static size_t whole_pages(size_t size)
{
	return (size + PAGE - 1) / PAGE * PAGE;
}

static void *map_locked(size_t size)
{
	int fd = large.folder ? large_file_open(large.folder) : -1;
	void *at = MAP_FAILED;
	trim();
	if (fd >= 0 && large_file_grow(fd, 0, size, large.total))
		at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at != MAP_FAILED) {
		add((struct block){at, size, fd});
		return at;
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

void *large_map(size_t size)
{
	if (size < LARGE_BLOCK)
		return NULL;
	pthread_mutex_lock(&large.lock);
	void *at = map_locked(whole_pages(size));
	pthread_mutex_unlock(&large.lock);
	return at;
}

size_t large_size(const void *block)
{
	if (!may_be_one(block))
		return 0;
	pthread_mutex_lock(&large.lock);
	const struct block *found = find(block);
	size_t size = found ? found->size : 0;
	pthread_mutex_unlock(&large.lock);
	return size;
}

void *large_remap(void *block, size_t size)
{
	size = whole_pages(size);
	pthread_mutex_lock(&large.lock);
	struct block *found = find(block);
	void *at = MAP_FAILED;
	trim();
	if (size <= found->size)
		at = found->at;
	else if (large_file_grow(found->fd, found->size, size, large.total))
		at = mremap(found->at, found->size, size, MREMAP_MAYMOVE);
	if (at != MAP_FAILED) {
		size_t more = size > found->size ? size - found->size : 0;
		found->at = at;
		found->size += more;
		count(more);
	}
	pthread_mutex_unlock(&large.lock);
	return at == MAP_FAILED ? NULL : at;
}

void large_unmap(void *block)
{
	pthread_mutex_lock(&large.lock);
	struct block *found = find(block);
	munmap(found->at, found->size);
	close(found->fd);
	large.total -= found->size;
	*found = large.blocks[--large.count];
	pthread_mutex_unlock(&large.lock);
}

void large_trim(void)
{
	pthread_mutex_lock(&large.lock);
	trim();
	pthread_mutex_unlock(&large.lock);
}

void large_copy_pieces(void *to, const void *from, size_t size)
{
	for (size_t done = 0, piece; done < size; done += piece) {
		piece = size - done < LARGE_BLOCK ? size - done : LARGE_BLOCK;
		memcpy((char *)to + done, (const char *)from + done, piece);
		large_trim();
	}
}

/* ---- beside those of malloc ---- */

/* To another kind of block. */
static void *move(void *block, size_t held, void *to, size_t size)
{
	if (block)
		large_copy(to, block, held < size ? held : size);
	large_free(block);
	return to;
}

void *large_resize(void *block, size_t size)
{
	if (size < LARGE_BLOCK && !may_be_one(block))
		return mem_resize(block, size, 1);
	size_t held = large_size(block);
	void *made = held ? large_remap(block, size) : large_map(size);
	if (held)
		return made ? made : move(block, held, mem_new(size, 1), size);
	return made ? move(block, block ? malloc_usable_size(block) : 0, made, size) : mem_resize(block, size, 1);
}

void large_free(void *block)
{
	if (large_size(block))
		large_unmap(block);
	else
		free(block);
}
