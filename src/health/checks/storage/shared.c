/* Whether several servers have files and vectors in common. */
#include <stdlib.h>

#include "health/address.h"
#include "health/environment.h"
#include "health/result.h"
#include "health/scene.h"

static fallible look_for_folder(struct checking *checking)
{
	const struct scene *scene = checking->scene;
	const struct replica *replica;
	size_t elsewhere = 0;
	for (size_t i = 0; (replica = scene_next(scene, &i));)
		elsewhere += !address_is_own(replica->url);
	bool known, local;
	const char *value = NULL;
	TRY(environment_look(checking, "STORAGE_PROVIDER", &known, &value));
	local = known && value ? text_equal(value, "local") : scene->storage.local;
	if (local && elsewhere > 1)
		checking_found(checking, NULL,
			       "%zu replicas keep uploads in a folder; that it is the same one can't be seen here",
			       scene_speaking(scene));
	return NULL;
}

HEALTH_CHECK(folder_of_several) = {
	.code = "OW508",
	.name = "uploads-shared",
	.title = "several replicas have uploads in a bucket, or in a folder that they share for sure",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_INFO,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_TWO_REPLICAS,
	.why = "With a folder of its own in each replica, a file that was uploaded through one is missing at the next: "
	       "downloads and answers about files fail at random.",
	.remedy = "mount one volume (ReadWriteMany, NFS) at DATA_DIR of all replicas, or set STORAGE_PROVIDER to s3, "
		  "gcs or azure",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look_for_folder,
};

static fallible look_for_chroma(struct checking *checking)
{
	const struct scene *scene = checking->scene;
	bool known, served, told;
	const char *store = NULL, *server = NULL;
	int64_t workers;
	TRY(environment_look(checking, "VECTOR_DB", &known, &store));
	TRY(environment_look(checking, "CHROMA_HTTP_HOST", &served, &server));
	TRY(environment_number(checking, "UVICORN_WORKERS", 1, &told, &workers));
	if (!known)
		result_skip(checking->result, "nobody tells VECTOR_DB of the servers");
	if (!known || (store && !text_equal(store, "chroma")) || server)
		return NULL;
	size_t count = scene_speaking(scene);
	if (count > 1)
		checking_found(checking, NULL, "%zu replicas have their vectors in Chroma files", count);
	else if (workers > 1)
		checking_found(checking, NULL, "%lld processes (UVICORN_WORKERS) have their vectors in Chroma files",
			       (long long)workers);
	return NULL;
}

HEALTH_CHECK(chroma_of_several) = {
	.code = "OW520",
	.name = "vectors-for-several",
	.title = "several servers or workers have a vector store that is made for it",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_CRITICAL,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_REPLICAS,
	.why = "Chroma in a folder is SQLite inside each process: two that write to it damage it, and workers crash in "
	       "the midst of an upload. VECTOR_DB that is not set is chroma.",
	.remedy = "set VECTOR_DB to pgvector, milvus or qdrant (or CHROMA_HTTP_HOST to a server of Chroma) on all "
		  "replicas, give owctl the same environment, and have knowledge reindexed in the Admin Panel",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look_for_chroma,
};
