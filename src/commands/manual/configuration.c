/* owctl.yaml(5): the document about files of settings, the example of one, and the settings that owctl knows. */
#include "base/embed.h"
#include "base/memory.h"
#include "cli/describe.h"
#include "cli/man_text.h"
#include "cli/markdown.h"
#include "commands/manual/manual.h"

EMBED_FILE(configuration, "docs/configuration.md");
EMBED_FILE(configuration_example, "examples/config.yaml");

static void write_settings(struct str *out, bool environment_only)
{
	str_add(out, ".Bl -tag -width Ds\n");
	for (const struct setting *setting = known_settings; setting->name; setting++) {
		if (setting->environment_only != environment_only)
			continue;
		AUTO(str) struct str text = {0};
		describe_setting(&text, setting);
		man_macro(out, "It Ev", setting->name);
		man_sentence(out, str_text(&text));
	}
	str_add(out, ".El\n");
}

void manual_configuration(struct str *out)
{
	str_add(out, ".Sh DESCRIPTION\n");
	man_markdown(out, configuration);
	str_add(out, ".Sh SETTINGS\n");
	man_text(out, "These are taken from flags, the environment, environment files and profiles. Those that do not "
		      "begin with OWCTL_ are Open WebUI's own.");
	write_settings(out, false);
	str_add(out, ".Sh ENVIRONMENT\n");
	man_text(out, "These say where to look for the others, or are about one run; they count in the environment "
		      "alone.");
	write_settings(out, true);
	str_add(out, ".Sh EXAMPLES\n");
	man_literal(out, configuration_example);
}
