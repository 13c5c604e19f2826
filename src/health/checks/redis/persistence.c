/* Whether Redis can write to its disk. */
#include "base/memory.h"
#include "health/redis_words.h"
#include "health/result.h"

static fallible look_for_failure(struct checking *checking)
{
	AUTO(memory) char *saved = NULL;
	AUTO(memory) char *rewritten = NULL;
	TRY(redis_info(checking->redis, "persistence", "rdb_last_bgsave_status", &saved));
	TRY(redis_info(checking->redis, "persistence", "aof_last_bgrewrite_status", &rewritten));
	if (text_equal(saved, "err"))
		checking_found(checking, NULL, "the last snapshot of Redis could not be written");
	if (text_equal(rewritten, "err"))
		checking_found(checking, NULL, "the append-only file could not be made anew, and grows");
	return NULL;
}

HEALTH_CHECK(not_written) = {
	.code = "OW406",
	.name = "redis-persists",
	.title = "Redis can write to its disk",
	.family = FAMILY_REDIS,
	.stage = CHECK_IN_REDIS,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_REDIS_INFO,
	.why = "Revoked tokens work again after a restart that has lost them. Where Redis saves by itself (`save`) it "
	       "even refuses all writes, and PING, after a snapshot that failed (MISCONF): that is told as OW401.",
	.remedy = "read Redis' log: mostly the disk is full, or its folder (CONFIG GET dir) can't be written, or there "
		  "is no memory to fork (vm.overcommit_memory)",
	.page = "https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/",
	.run = look_for_failure,
};
