/* Whether the disk that DATA_DIR is on has room. */
#include "base/memory.h"
#include "base/number.h"
#include "health/result.h"
#include "health/scene.h"

/* A share alone would be wrong for large disks, a size alone for small ones. */
static const struct {
	enum severity severity;
	uint64_t percent, bytes;
} limits[] = {
	{SEVERITY_CRITICAL, 2, UINT64_C(1) << 30},
	{SEVERITY_WARNING, 10, UINT64_C(5) << 30},
};
/* Many small files fill a file system whose number of them is fixed. */
#define FEW_FILES_PERCENT 5
#define NO_FILES_PERCENT 1

static fallible look_for_full(struct checking *checking)
{
	const struct storage_sight *seen = &checking->scene->storage;
	if (!seen->disk.f_blocks)
		result_skip(checking->result, seen->folder ? "DATA_DIR may not be looked at"
							   : "DATA_DIR is not on this machine");
	uint64_t whole = seen->disk.f_blocks * seen->disk.f_frsize, left = seen->disk.f_bavail * seen->disk.f_frsize;
	for (size_t i = 0; whole && i < COUNT(limits); i++) {
		if (left >= limits[i].bytes || left >= whole / 100 * limits[i].percent)
			continue;
		AUTO(memory) char *free_text = number_bytes(left);
		AUTO(memory) char *whole_text = number_bytes(whole);
		checking_found_as(checking, limits[i].severity, seen->folder, "has %s left of %s", free_text,
				  whole_text);
		break;
	}
	uint64_t files = seen->disk.f_files, files_left = seen->disk.f_favail;
	if (files && files_left < files / 100 * FEW_FILES_PERCENT)
		checking_found_as(checking,
				  files_left < files / 100 * NO_FILES_PERCENT ? SEVERITY_CRITICAL : SEVERITY_WARNING,
				  seen->folder, "has room for %llu more files of %llu (inodes)",
				  (unsigned long long)files_left, (unsigned long long)files);
	return NULL;
}

HEALTH_CHECK(disk_full) = {
	.code = "OW504",
	.name = "disk-space",
	.title = "the disk that DATA_DIR is on has room",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_WARNING,
	.why = "On a full disk SQLite refuses every write, uploads fail, and models of embeddings are fetched in "
	       "vain. With buckets, too, each upload goes through a file there. Told is less than 10 % and 5 GiB, "
	       "critical is less than 2 % and 1 GiB; of inodes 5 % and 1 %.",
	.remedy = "make room, or enlarge the disk: `du -x DATA_DIR`",
	.run = look_for_full,
};
