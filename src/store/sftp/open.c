#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/sftp/sftp.h"

static void sftp_close_store(struct store *store)
{
	struct sftp *sftp = sftp_of(store);
	struct sftp_login *login = &sftp->login;
	while (sftp->idle) {
		struct sftp_session *session = sftp->idle;
		sftp->idle = session->next;
		sftp_session_close(session);
	}
	pthread_mutex_destroy(&sftp->lock);
	pthread_mutex_destroy(&sftp->rate.lock);
	char *texts[] = {sftp->name,	       sftp->base,	  login->user,	     login->host,
			 login->identity_file, login->known_hosts, login->config_file};
	for (size_t i = 0; i < COUNT(texts); i++)
		free(texts[i]);
	secret_free(login->password);
	secret_free(login->passphrase);
}

static void set_up(const struct store_target *target, const struct store_options *options, struct sftp *sftp)
{
	bool ends = !*target->folder || text_ends(target->folder, "/");
	sftp->login = (struct sftp_login){.user = text_copy(target->user),
					  .host = text_copy(target->host),
					  .port = target->port,
					  .identity_file = text_copy(target->identity_file),
					  .known_hosts = text_copy(target->known_hosts),
					  .config_file = text_copy(target->config_file),
					  .password = text_copy(target->credentials.password),
					  .passphrase = text_copy(target->credentials.passphrase)};
	sftp->base = text_format("%s%s", target->folder, ends ? "" : "/");
	sftp->name = text_format("%s%s", target->display, text_ends(target->display, "/") ? "" : "/");
	sftp->patience_s = options->patience_s;
	sftp->connect_timeout_s = options->connect_timeout_s;
	sftp->silence_timeout_s = options->silence_timeout_s;
	rate_init(&sftp->rate, options->bytes_per_second);
	pthread_mutex_init(&sftp->lock, NULL);
}

/* ssh would only say that nobody lets it in. */
static fallible check_file(const char *path, const char *what)
{
	if (!path || !access(path, R_OK))
		return NULL;
	struct error *error = error_system(errno, "cannot read %s, which %s names", path, what);
	error->code = ERR_SETTINGS;
	return error;
}

static fallible open_place(struct sftp_session *session, void *state)
{
	const bool *make = state;
	const struct sftp *sftp = session->sftp;
	AUTO(str) struct str handle = {0};
	uint32_t code;
	const char *path = *sftp->base ? sftp->base : ".";
	if (*make)
		TRY(sftp_make_folders_of(session, path));
	TRY(sftp_open_folder(session, path, &code, &handle));
	if (code == SFTP_OK)
		return sftp_close(session, &handle, &code);
	struct error *error = sftp_refused(session, code, "open", NULL);
	error->code = error->code == ERR_PERMISSION ? ERR_PERMISSION : ERR_SETTINGS;
	return error;
}

static fallible sftp_open_store(const struct store_target *target, const struct store_options *options, bool make,
				struct store **store)
{
	TRY(check_file(target->identity_file, "identity="));
	TRY(check_file(target->known_hosts, "known-hosts="));
	TRY(check_file(target->config_file, "config="));
	struct sftp *sftp = mem_new(1, sizeof *sftp);
	set_up(target, options, sftp);
	struct error *error = sftp_do(sftp, NULL, open_place, &make);
	*store = &sftp->store;
	if (error) {
		sftp_close_store(&sftp->store);
		free(sftp);
	}
	return error;
}

const struct store_driver sftp_driver = {
	.open = sftp_open_store,
	.close = sftp_close_store,
	.can = sftp_can,
	.put = sftp_put,
	.upload_begin = sftp_upload_begin,
	.upload_write = sftp_upload_write,
	.upload_end = sftp_upload_end,
	.upload_free = sftp_upload_free,
	.remove = sftp_remove,
	.look = sftp_look,
	.get = sftp_get,
	.list = sftp_list,
	.time = sftp_time,
};
