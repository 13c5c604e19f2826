/* Secrets on the command line, which everybody can read in the list of processes. */
#ifndef CLI_WIPE_H
#define CLI_WIPE_H

/* Overwrites, in argv itself, the value of every word that could hold a password: a URL or libpq's key=value pairs that
 * url_mask would not show as they are, and a secret setting (NAME=VALUE). The parser has made its copy. Before that the
 * words can be seen for a moment: --database is for URLs without a password. */
void wipe_secrets(int count, char *const *words);

#endif
