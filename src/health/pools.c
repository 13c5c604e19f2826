#include "health/pools.h"

#include "health/environment.h"
#include "health/majority.h"
#include "openwebui/release.h"

#define ENGINES 2
#define FIRST_WITH_TWO "0.9.0"
#define USUAL_SIZE 5
#define USUAL_OVERFLOW 10
#define MOST 1000000 /* of what a server has; more is no figure to reckon with */

static int64_t within(int64_t number, int64_t least)
{
	return number < least ? least : number > MOST ? MOST : number;
}

static const char *release_of(const struct replica *replica)
{
	return replica->release;
}

fallible pools_read(const struct checking *checking, struct pools *pools)
{
	bool known;
	*pools = (struct pools){.engines = ENGINES};
	TRY(environment_number(checking, "UVICORN_WORKERS", 1, &known, &pools->workers));
	TRY(environment_number(checking, "DATABASE_POOL_SIZE", -1, &pools->size_told, &pools->size));
	TRY(environment_number(checking, "DATABASE_POOL_MAX_OVERFLOW", 0, &known, &pools->overflow));
	const char *release = majority_of(checking->scene, release_of);
	if (release && release_compare(release, FIRST_WITH_TWO) < 0)
		pools->engines = 1;
	pools->workers = within(pools->workers, 1);
	pools->overflow = within(pools->overflow, 0);
	if (pools->size < 0) {
		pools->size = USUAL_SIZE;
		pools->overflow = USUAL_OVERFLOW;
	}
	pools->size = within(pools->size, 0);
	return NULL;
}
