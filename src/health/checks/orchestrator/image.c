/* Whether all replicas run one image, and the same one tomorrow. */
#include <string.h>

#include "base/memory.h"
#include "health/majority.h"
#include "health/result.h"

static const char *image_of(const struct replica *replica)
{
	return replica->orchestrated.image_id ? replica->orchestrated.image_id : replica->orchestrated.image;
}

static fallible look_for_other(struct checking *checking)
{
	const char *most = majority_of(checking->scene, image_of);
	const struct replica *replica;
	for (size_t i = 0; most && (replica = scene_next(checking->scene, &i));)
		if (image_of(replica) && !text_equal(image_of(replica), most))
			checking_found(checking, replica->name, "runs another image than most: %s (%s)",
				       replica->orchestrated.image, image_of(replica));
	return NULL;
}

HEALTH_CHECK(other_image) = {
	.code = "OW605",
	.name = "same-image",
	.title = "all replicas run the same image",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR | NEEDS_TWO_REPLICAS,
	.why = "Two builds that call themselves the same release still differ in what they bring along, and what goes "
	       "wrong depends on which one a request meets.",
	.remedy = "finish the rollout, or name the image by a digest (image@sha256:..)",
	.run = look_for_other,
};

/* "1.2.3" of "host:5000/name:1.2.3"; NULL: it has none. */
static const char *tag_of(const char *image)
{
	const char *slash = strrchr(image, '/');
	const char *colon = strrchr(slash ? slash : image, ':');
	return colon ? colon + 1 : NULL;
}

static bool is_fixed(const char *image)
{
	const char *tag = tag_of(image);
	return strchr(image, '@') || (tag && tag[strcspn(tag, "0123456789")]);
}

static fallible look_for_floating(struct checking *checking)
{
	const char *image = majority_of(checking->scene, image_of);
	const struct replica *replica;
	for (size_t i = 0; image && (replica = scene_next(checking->scene, &i));)
		if (replica->orchestrated.image && !is_fixed(replica->orchestrated.image)) {
			checking_found(checking, NULL, "the image is %s, which is another one after each build",
				       replica->orchestrated.image);
			break;
		}
	return NULL;
}

HEALTH_CHECK(floating_tag) = {
	.code = "OW606",
	.name = "fixed-image",
	.title = "the image is named by a release",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR | NEEDS_REPLICAS,
	.why = "A replica that is started again on another node pulls whatever `main` or `latest` is by then: it may "
	       "migrate the database under the others, which can't run on it any more.",
	.remedy = "name a release, ghcr.io/open-webui/open-webui:v0.12.4, or a digest, and change it on purpose",
	.page = "https://docs.openwebui.com/getting-started/updating/",
	.run = look_for_floating,
};
