/* url-probe: the URL parser by hand. Reads one database URL a line, answers each with a line: "sqlite PATH",
 * "postgresql CONNINFO" or "error MESSAGE". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "db/target.h"

static void answer(const char *url)
{
	struct db_target target = {0};
	AUTO(error) struct error *error = db_target_parse(url, false, &target);
	AUTO(memory) char *text = error_text(error);
	if (error)
		printf("error %s\n", text);
	else if (target.engine == DB_SQLITE)
		printf("sqlite %s\n", target.path);
	else
		printf("postgresql %s\n", target.conninfo);
	db_target_cleanup(&target);
}

int main(void)
{
	AUTO(memory) char *line = NULL;
	size_t room = 0;
	for (ssize_t size; (size = getline(&line, &room, stdin)) > 0;) {
		if (line[size - 1] == '\n')
			line[size - 1] = '\0';
		answer(line);
		fflush(stdout);
	}
	return 0;
}
