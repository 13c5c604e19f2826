/* What the settings besides those of the database are worth, before a command needs them. */
#ifndef OPENWEBUI_SETTINGS_CHECK_H
#define OPENWEBUI_SETTINGS_CHECK_H

#include "settings/settings.h"

/* Warns, naming setting and origin, of what a command would refuse when it comes to it (Redis, password rules), and of
 * words that Open WebUI takes for false without saying so. */
void settings_check(struct settings *settings);

#endif
