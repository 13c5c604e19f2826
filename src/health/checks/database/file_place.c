/* Where the SQLite file is: on what, and with how much room. */
#include <errno.h>
#include <linux/magic.h>
#include <sys/statfs.h>

#include "base/memory.h"
#include "base/number.h"
#include "health/result.h"
#include "openwebui/installation.h"

/* By statfs(2); those that linux/magic.h lacks are the file systems' own. */
static const struct {
	unsigned long magic;
	enum severity severity;
	const char *name;
} shared[] = {
	{NFS_SUPER_MAGIC, SEVERITY_CRITICAL, "NFS"},
	{SMB_SUPER_MAGIC, SEVERITY_CRITICAL, "SMB"},
	{CIFS_SUPER_MAGIC, SEVERITY_CRITICAL, "CIFS"},
	{SMB2_SUPER_MAGIC, SEVERITY_CRITICAL, "SMB"},
	{CEPH_SUPER_MAGIC, SEVERITY_CRITICAL, "CephFS"},
	{AFS_SUPER_MAGIC, SEVERITY_CRITICAL, "AFS"},
	{CODA_SUPER_MAGIC, SEVERITY_CRITICAL, "Coda"},
	{OCFS2_SUPER_MAGIC, SEVERITY_CRITICAL, "OCFS2"},
	{0x0bd00bd0, SEVERITY_CRITICAL, "Lustre"},
	{0x01161970, SEVERITY_CRITICAL, "GFS2"},
	{0x47504653, SEVERITY_CRITICAL, "GPFS"},
	{0x19830326, SEVERITY_CRITICAL, "BeeGFS"},
	/* On one machine these may hold locks; some of them don't. */
	{V9FS_MAGIC, SEVERITY_WARNING, "9p, as a folder of a virtual machine's host"},
	{FUSE_SUPER_MAGIC, SEVERITY_WARNING, "FUSE, as s3fs, GlusterFS, or a folder of Docker Desktop's host"},
	{0x786f4256, SEVERITY_WARNING, "vboxsf, a folder of a virtual machine's host"},
};

static fallible look_for_network(struct checking *checking)
{
	struct statfs place;
	const char *file = checking->installation->file;
	if (statfs(file, &place))
		return error_system(errno, "cannot look at the file system of %s", file);
	for (size_t i = 0; i < COUNT(shared); i++)
		if ((unsigned long)place.f_type == shared[i].magic)
			checking_found_as(checking, shared[i].severity, NULL, "%s is on %s", file, shared[i].name);
	return NULL;
}

HEALTH_CHECK(network) = {
	.code = "OW340",
	.name = "file-is-local",
	.title = "the SQLite file is on a disk of this machine",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_DATABASE_FILE,
	.why = "Locks of network file systems do not hold what SQLite needs, and its -shm can't be shared there: pages "
	       "hang, and the file is damaged. No setting of Open WebUI changes that. A warning where it may work.",
	.remedy = "put DATA_DIR on a local disk or a block device, or move to PostgreSQL: `owctl backup create`, then "
		  "`owctl backup restore` into its DATABASE_URL",
	.page = "https://github.com/open-webui/open-webui/issues/23939",
	.run = look_for_network,
};

/* What a busy day may write. */
#define SOON_BYTES (UINT64_C(1) << 30)
#define NOW_BYTES (UINT64_C(100) << 20)

static fallible look_for_full(struct checking *checking)
{
	struct statfs place;
	const char *file = checking->installation->file;
	if (statfs(file, &place))
		return error_system(errno, "cannot look at the file system of %s", file);
	uint64_t left = (uint64_t)place.f_bavail * (uint64_t)place.f_bsize;
	AUTO(memory) char *room = number_bytes(left);
	if (place.f_blocks && left < SOON_BYTES)
		checking_found_as(checking, left < NOW_BYTES ? SEVERITY_CRITICAL : SEVERITY_WARNING, NULL,
				  "%s are left where %s is", room, file);
	return NULL;
}

HEALTH_CHECK(full) = {
	.code = "OW341",
	.name = "file-has-room",
	.title = "there is room left where the SQLite file is",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_DATABASE_FILE,
	.why = "On a full disk nothing is saved any more. A warning below 1 GB, critical below 100 MB.",
	.remedy = "make room: `du -x DATA_DIR`; models in DATA_DIR/cache are fetched again, where the server has "
		  "the internet",
	.run = look_for_full,
};
