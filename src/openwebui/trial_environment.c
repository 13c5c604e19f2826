#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "openwebui/trial.h"

/* What a Python needs to find its libraries, and nothing that leads to an installation. */
static bool is_passed_on(const char *variable)
{
	static const char *const starts[] = {"PATH=",  "HOME=",  "USER=",	 "LOGNAME=",	 "LANG=",
					     "LC_",    "TZ=",    "TMPDIR=",	"PYTHON",	"VIRTUAL_ENV=",
					     "SSL_CERT_", "LD_LIBRARY_PATH="};
	for (size_t i = 0; i < COUNT(starts); i++)
		if (text_starts(variable, starts[i]))
			return true;
	return false;
}

/* Models are not loaded and nothing is fetched: whether it takes the database and its settings is what is looked at. */
static const char *const fixed[] = {"ENABLE_DB_MIGRATIONS=true",
				    "OFFLINE_MODE=true",
				    "HF_HUB_OFFLINE=1",
				    "BYPASS_EMBEDDING_AND_RETRIEVAL=true",
				    "RAG_EMBEDDING_ENGINE=openai",
				    "AUDIO_STT_ENGINE=openai",
				    "ENABLE_VERSION_UPDATE_CHECK=false",
				    "ENABLE_PIP_INSTALL_FRONTMATTER_REQUIREMENTS=false",
				    "ANONYMIZED_TELEMETRY=false",
				    "DO_NOT_TRACK=true"};

void trial_environment(const struct trial *trial, struct strings *environment, struct strings *secrets)
{
	for (char **variable = environ; *variable; variable++)
		if (is_passed_on(*variable))
			strings_add(environment, *variable);
	for (size_t i = 0; i < COUNT(fixed); i++)
		strings_add(environment, fixed[i]);
	strings_add_taken(environment, text_format("DATA_DIR=%s", trial->folder));
	strings_add_taken(environment, text_format("STATIC_DIR=%s/static", trial->folder));
	strings_add_taken(environment, text_format("DATABASE_URL=%s", trial->url));
	strings_add(secrets, trial->url);
	for (size_t i = 0; i < trial->keys->count; i++) {
		strings_add(environment, trial->keys->items[i]);
		strings_add(secrets, strchr(trial->keys->items[i], '=') + 1);
	}
}
