/* What ssh says when it ends, as an error. */
#include <string.h>

#include "base/memory.h"
#include "base/shell.h"
#include "base/utf8.h"
#include "store/sftp/sftp.h"

#define MOST_TOLD 400

/* In the order in which they are looked for: of several lines the first that is known counts. */
static const struct {
	const char *words;
	enum error_code code; /* ERR_UNREACHABLE: it may be otherwise in a while */
	const char *hint;
} known[] = {
	{"IDENTIFICATION HAS CHANGED", ERR_SETTINGS, NULL},
	{"host key is known for", ERR_SETTINGS, NULL},
	{"Host key verification failed", ERR_SETTINGS, NULL},
	{"UNPROTECTED PRIVATE KEY", ERR_SETTINGS, "take the rights of others away from the key: chmod 600"},
	{"Permission denied (", ERR_PERMISSION,
	 "the server takes none of the keys: check user, identity= and SSH_AUTH_SOCK, and that the public key is in "
	 "its authorized_keys; a key with a passphrase needs an agent or OWCTL_SFTP_PASSPHRASE, a password "
	 "OWCTL_SFTP_PASSWORD"},
	{"Too many authentication failures", ERR_PERMISSION, "name the one key that is meant by identity=FILE"},
	{"subsystem request failed", ERR_SETTINGS,
	 "the server has no SFTP, or not for this user: see Subsystem sftp in its sshd_config"},
	{"no matching", ERR_SETTINGS,
	 "this machine's OpenSSH and the server have no algorithm in common: bring the older one up to date"},
	{"onfiguration option", ERR_SETTINGS, "check the configuration of ssh, and that it is OpenSSH 8.7 or newer"},
	{"Bad owner or permissions", ERR_SETTINGS, "mend the rights of the file that ssh names"},
	{"Could not resolve hostname", ERR_UNREACHABLE, "check the name of the host, and the network"},
};

static fallible hint_of_host_key(const struct sftp_login *login, struct error *error, bool changed)
{
	bool usual = !login->port || login->port == 22;
	AUTO(memory) char *file = login->known_hosts ? shell_word(login->known_hosts) : text_copy("~/.ssh/known_hosts");
	AUTO(memory) char *name = usual ? text_copy(login->host) : text_format("'[%s]:%u'", login->host, login->port);
	AUTO(memory) char *port = usual ? text_copy("") : text_format("-p %u ", login->port);
	if (changed)
		return error_hint(error,
				  "another machine may answer in its place: ask who runs it; if its key was changed, "
				  "`ssh-keygen -f %s -R %s` forgets the old one",
				  file, name);
	return error_hint(error,
			  "`ssh-keyscan %s%s >> %s` writes it there; anybody may have answered, so compare it "
			  "(`ssh-keygen -lf %s`) with what those say who run the server",
			  port, login->host, file, file);
}

/* Its last lines in one, without what it only decorates with. */
static void add_said(struct str *text, const struct str *said)
{
	AUTO(strings) struct strings lines = {0};
	AUTO(str) struct str all = {0};
	strings_split(&lines, str_text(said), '\n');
	for (size_t i = 0; i < lines.count; i++) {
		char *line = lines.items[i];
		line[strcspn(line, "\r")] = '\0';
		if (*line && *line != '@')
			str_add_format(&all, "%s%s", all.size ? "; " : "", line);
	}
	size_t from = all.size > MOST_TOLD ? all.size - MOST_TOLD : 0;
	utf8_add_safe(text, str_text(&all) + from, all.size - from);
}

fallible sftp_child_failure(const struct sftp *sftp, const struct sftp_child *child, bool *passing)
{
	AUTO(str) struct str text = {0};
	const char *said = str_text(&child->said);
	add_said(&text, &child->said);
	for (size_t i = 0; i < COUNT(known); i++) {
		if (!strstr(said, known[i].words))
			continue;
		bool changed = !i;
		*passing = known[i].code == ERR_UNREACHABLE;
		if (changed) {
			str_clear(&text);
			str_add(&text, "the host has another key than the one that is known");
		}
		struct error *error = error_new(known[i].code, "%s: ssh: %s", sftp->name, str_text(&text));
		return known[i].hint ? error_hint(error, "%s", known[i].hint)
				     : hint_of_host_key(&sftp->login, error, changed);
	}
	*passing = true;
	return error_hint(error_new(ERR_UNREACHABLE, "%s: ssh: %s", sftp->name,
				    text.size ? str_text(&text) : "the line was lost"),
			  "check the address, the network, and that the server runs");
}
