/* Words that people bring from other tools, and what owctl calls it. Data alone: a word is looked up here before one
 * that is spelled alike is looked for. */
#ifndef CLI_HABITS_H
#define CLI_HABITS_H

struct habit {
	const char *group; /* where it is said so, "owctl" for the first word; NULL: wherever `ours` exists */
	const char *word;  /* as typed, without dashes */
	const char *ours;  /* behind the group's name; a word in capitals stands for what was typed next */
};

/* The first row that fits counts. All end with a NULL word. */
extern const struct habit command_habits[];
extern const struct habit option_habits[];
/* Commands that owctl does not have: `ours` says why, and what there is instead. */
extern const struct habit explained_habits[];
/* Options that are a command of their own: `group` is the path of the command before them, `ours` a whole line. */
extern const struct habit elsewhere_habits[];

#endif
