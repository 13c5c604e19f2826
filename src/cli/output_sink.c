/* Where the bytes of an output go. Whoever reads them may take any time: `less` does, so does a disk that hangs. Where
 * a database could not be written to meanwhile they go into a spool, which nobody waits for, and from there to the
 * stream once the database was let go.
 *
 * The spool is a memfd: it is outside this process, which stays small, and has no name and no place on a disk, as there
 * may be password hashes in it. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cancel.h"
#include "cli/output_format.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

void sink_begin(struct sink *sink, FILE *stream, bool held)
{
	sink->stream = stream;
	sink->held = held;
	sink->signalled = cancel_requested();
	sink->spool = -1;
}

/* ---- the spool ---- */

/* A system may want only those that can never be run (sysctl vm.memfd_noexec); an old kernel does not know these. */
static int make_spool(void)
{
	int spool = memfd_create("owctl-output", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
	return spool < 0 && errno == EINVAL ? memfd_create("owctl-output", MFD_CLOEXEC) : spool;
}

static int write_spool(struct sink *sink, const char *bytes, size_t size)
{
	if (sink->spool < 0)
		sink->spool = make_spool();
	if (sink->spool < 0)
		return errno;
	while (size) {
		ssize_t written = write(sink->spool, bytes, size);
		if (written < 0 && errno != EINTR)
			return errno;
		bytes += written > 0 ? written : 0;
		size -= written > 0 ? (size_t)written : 0;
	}
	return 0;
}

/* ---- the stream ---- */

/* Not by stdio: of a large piece a pipe may have taken a part when a signal comes, and stdio forgets the signal over
 * the rest. PIPE_BUF bytes a pipe that is ready takes at once, so that all waiting is where signals are heard. */
static int write_fd(const struct sink *sink, int fd, const char *bytes, size_t size)
{
	while (size) {
		if (!cancel_wait_writable(fd, sink->signalled))
			return EINTR;
		ssize_t written = write(fd, bytes, size < PIPE_BUF ? size : PIPE_BUF);
		if (written < 0 && errno != EAGAIN && (errno != EINTR || cancel_requested()))
			return errno;
		bytes += written > 0 ? written : 0;
		size -= written > 0 ? (size_t)written : 0;
	}
	return 0;
}

static int write_stream(const struct sink *sink, const char *bytes, size_t size)
{
	int fd = fileno(sink->stream);
	if (fd >= 0)
		return write_fd(sink, fd, bytes, size);
	errno = 0; /* a stream in memory */
	return fwrite(bytes, 1, size, sink->stream) == size ? 0 : errno ? errno : EIO;
}

/* ---- both ---- */

void sink_flush(struct sink *sink)
{
	if (!sink->failed && sink->used) {
		sink->failed = sink->held ? write_spool(sink, sink->bytes, sink->used)
					  : write_stream(sink, sink->bytes, sink->used);
		sink->spool_failed = sink->held && sink->failed;
	}
	sink->used = 0;
}

void sink_put_long(struct sink *sink, const char *bytes, size_t size)
{
	while (size) {
		if (sink->used == SINK_SIZE)
			sink_flush(sink);
		size_t take = SINK_SIZE - sink->used;
		if (take > size)
			take = size;
		memcpy(sink->bytes + sink->used, bytes, take);
		sink->used += take;
		bytes += take;
		size -= take;
	}
}

/* A signal ends this even where the stream takes all that comes: there may be much of it, and nothing was changed. */
static void copy_spool(struct sink *sink)
{
	off_t offset = 0;
	while (!sink->failed) {
		ssize_t got = pread(sink->spool, sink->bytes, SINK_SIZE, offset);
		if (got == 0)
			return;
		if (got < 0) {
			sink->failed = errno;
			sink->spool_failed = true;
			return;
		}
		offset += got;
		sink->used = (size_t)got;
		if (cancel_requested() && !sink->signalled)
			sink->failed = EINTR;
		sink_flush(sink);
	}
}

void sink_end(struct sink *sink)
{
	bool spooled = sink->spool >= 0;
	if (spooled)
		sink_flush(sink);
	sink->held = false;
	if (spooled)
		copy_spool(sink);
	sink_flush(sink);
	if (!sink->failed && fflush(sink->stream))
		sink->failed = errno ? errno : EIO;
}

void sink_release(struct sink *sink)
{
	if (sink->spool >= 0)
		close(sink->spool);
}

fallible sink_check(const struct sink *sink)
{
	if (!sink->failed)
		return NULL;
	if (!sink->spool_failed)
		return output_write_error(sink->failed);
	return error_hint(error_system(sink->failed, "the output can't be held in memory until the database is free"),
			  "allow more memory and larger files (ulimit -f), or ask for fewer rows");
}
