/* Looking at many HTTP servers at once, by one thread and libcurl's multi interface: each exchange goes out once, to
 * the very address that is named, and whatever becomes of it is told, with how long its parts took. For moving data
 * there is net/http.h.
 *
 * An exchange ends with an answer, a failure, its time-out, or the deadline of the set; also one that is dripped byte
 * by byte, or has no end. Redirects are not followed: they are an answer. No proxy is used: what is looked at is the
 * server.
 *
 * A certificate is always looked at, and what is wrong with it told; nothing that is secret is to be sent with
 * `unverified`. The system's authorities are trusted, or those of SSL_CERT_FILE and SSL_CERT_DIR, or of `ca_file`. */
#ifndef NET_PROBE_H
#define NET_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "net/http.h"

enum probe_end {
	PROBE_ANSWERED,
	PROBE_UNRESOLVED,  /* the name has no address */
	PROBE_REFUSED,     /* nobody listens, or no way there */
	PROBE_TIMED_OUT,   /* no connection, no answer, or not the whole of it in time */
	PROBE_UNTRUSTED,   /* its certificate is not one to trust, or not of this name */
	PROBE_BROKEN,      /* closed in the middle, or not HTTP */
	PROBE_TOO_LONG,    /* more than `answer_limit` */
};

struct probe_certificate {
	int64_t not_before, not_after; /* seconds since 1970; 0: none was seen. Of the server's own one */
	char *subject, *issuer;        /* as OpenSSL writes them, made printable; NULL: none was seen */
	long verified;                 /* X509_V_OK (0), or what OpenSSL found wrong with the chain */
	size_t sent;                   /* certificates that the server sent */
};

struct probe_answer {
	enum probe_end end;
	struct error *failure; /* why there is no answer; NULL: there is one */
	struct http_answer http; /* what came of one, also where `failure` is set */
	bool connected;
	int system_error; /* errno of connecting, 0: none */
	char *address; /* that was connected to; NULL: none */
	int64_t asked_ms, answered_ms; /* when, by this machine's clock, in ms since 1970; 0: no byte came */
	/* since the beginning of the exchange; 0: it did not get there */
	int64_t resolve_us, connect_us, first_byte_us, total_us;
	int64_t body_us; /* until the first byte of its body */
	struct probe_certificate certificate;
};

struct probe_request {
	const char *method; /* NULL: GET */
	const char *url, *address; /* "10.0.0.7:8080": connected to, whatever the URL's name resolves to; NULL: that */
	const char *socket; /* path of a Unix socket, instead of all addresses */
	const char *const *headers; /* "Name: value", ends with NULL; NULL: none. What is copied of them is wiped */
	const char *body;
	size_t body_size;
	size_t answer_limit; /* of its body; 0: 64 KiB */
	int64_t timeout_ms;  /* of all of it; 0: that of the set */
	int64_t connect_ms;  /* of connecting; 0: no less than all of it */
	bool unverified;     /* goes on with a certificate that is not to be trusted */
	bool http2;          /* speaks HTTP/2 without asking first; with TLS it is agreed on. Trailers are headers */
	bool upgrade;        /* 101 ends it: what follows is no HTTP */
	bool fresh;          /* by a connection of its own, as another client would have it */
	bool compressed;     /* says that it takes compressed bodies, as browsers do; they come in the clear */
	bool old_tls;        /* offers TLS 1.0 and 1.1, and nothing later; goes with `unverified` */
	size_t announced;    /* a POST that announces a body of so many bytes and sends none: where the server would
			      * have taken it, that ends it with status 100 */
	const char *ca_file, *certificate, *key; /* files, instead of those of the set; the last two: the client's */
	const char *ca_text, *certificate_text, *key_text; /* the same as PEM, where it is in no file */
	/* Told once, by the thread that runs the set; may add others to it. The answer is borrowed. */
	void (*done)(void *state, struct probe_answer *answer);
	void *state;
};

struct probe_options {
	const char *ca_file;
	int64_t timeout_ms;  /* of an exchange; 0: 10 s */
	int64_t deadline_ms; /* clock_monotonic_ms; at it all that is left is given up. 0: none */
	size_t per_server;   /* connections to one server at a time; 0: 3. Others wait, which counts as their time */
	bool parting; /* to clean up: goes on after a signal, too */
	/* Called again and again while the set runs, at once after probes_wake: may add others, and says whether there
	 * is more to come. NULL: nothing is. */
	bool (*waits)(void *state);
	void *state;
};

struct probes;
struct probes *probes_new(const struct probe_options *options) MUST_CHECK; /* copied but for ca_file */
void probes_free(struct probes *probes); /* NULL is fine; those that did not end are never told */
static inline void probes_cleanup(struct probes **probes)
{
	probes_free(*probes);
}

/* All is copied, but for the body and what `state` points to, which stay until it is done. */
void probes_add(struct probes *probes, const struct probe_request *request);

/* Until all have ended. ERR_INTERRUPTED by a signal, unless `parting`. */
fallible probes_run(struct probes *probes) MUST_CHECK;
void probes_wake(struct probes *probes); /* from any thread */

/* One alone. `done` and `state` of the request are not used. */
fallible probe_once(const struct probe_options *options, const struct probe_request *request,
		    struct probe_answer *answer) MUST_CHECK;
void probe_answer_cleanup(struct probe_answer *answer);

#endif
