/* Sessions are kept and used again, the last one first; where a line is lost the work is done again by another one. */
#include "base/cancel.h"
#include "base/log.h"
#include "base/memory.h"
#include "net/again.h"
#include "store/sftp/sftp.h"

static struct sftp_session *take_idle(struct sftp *sftp)
{
	pthread_mutex_lock(&sftp->lock);
	struct sftp_session *session = sftp->idle;
	if (session)
		sftp->idle = session->next;
	pthread_mutex_unlock(&sftp->lock);
	return session;
}

void sftp_give_back(struct sftp *sftp, struct sftp_session *session)
{
	if (!session || session->spoiled || session->lost) {
		sftp_session_close(session);
		return;
	}
	pthread_mutex_lock(&sftp->lock);
	session->next = sftp->idle;
	sftp->idle = session;
	pthread_mutex_unlock(&sftp->lock);
}

/* How the line was that something was tried on. */
struct trial {
	bool used_before; /* it may have been cut while nobody looked */
	bool passing, further;
};

static fallible try_once(struct sftp *sftp, struct sftp_session **session, sftp_work *work, void *state,
			 struct trial *trial)
{
	if (!*session) {
		*session = take_idle(sftp);
		trial->used_before = *session;
	}
	if (!*session)
		TRY(sftp_session_open(sftp, session, &trial->passing));
	(*session)->further = false;
	struct error *error = work(*session, state);
	trial->passing = (*session)->lost;
	trial->further = (*session)->further;
	if ((*session)->lost) {
		sftp_session_close(*session);
		*session = NULL;
	}
	return error;
}

fallible sftp_do(struct sftp *sftp, struct sftp_session **keep, sftp_work *work, void *state)
{
	struct again again = {0};
	for (;;) {
		struct sftp_session *session = keep ? *keep : NULL;
		struct trial trial = {0};
		struct error *error = try_once(sftp, &session, work, state, &trial);
		if (keep)
			*keep = session;
		else
			sftp_give_back(sftp, session);
		if (!error || !trial.passing || cancel_requested())
			return error;
		if (trial.further)
			again = (struct again){0};
		int64_t patience_ms = sftp->patience_s * 1000 / (sftp->reached ? 1 : AGAIN_UNREACHED_SHARE);
		int64_t pause = trial.used_before ? 0 : again_pause(&again, patience_ms, 0);
		if (pause < 0)
			return error;
		AUTO(memory) char *why = error_text(error);
		log_detail("%s: %s; trying again in %lld ms", sftp->name, why, (long long)pause);
		error_free(error);
		cancel_sleep(pause);
		TRY(cancel_check());
	}
}
