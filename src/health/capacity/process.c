#include "health/capacity/process.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"

/* What the kernel calls Open WebUI's processes; a name is cut off after 15 characters. */
static const char *const programs[] = {"python", "uvicorn", "open-webui", "gunicorn"};

/* "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 .." */
#define TABLE_LINE " %*d: %39[0-9A-F]:%x %*s %3s %*s %*s %*s %*s %*s %lu"
#define LISTENING "0A"

static void folder_cleanup(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

/* ---- who listens ---- */

/* Addresses as /proc/net/tcp has them: all, and the loopback interface. */
static bool is_here(const char *address)
{
	static const char *const here[] = {"00000000", "0100007F", "00000000000000000000000000000000",
					   "00000000000000000000000001000000"};
	for (size_t i = 0; i < COUNT(here); i++)
		if (!strcmp(address, here[i]))
			return true;
	return false;
}

/* "socket:[4711]" of who listens; to be freed. NULL: nobody does. */
static char *find_socket(const char *table, int64_t port)
{
	AUTO(file) FILE *file = fopen(table, "re");
	char line[512], address[40], state[4];
	unsigned at;
	unsigned long inode;
	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, TABLE_LINE, address, &at, state, &inode) == 4 && at == port &&
		    !strcmp(state, LISTENING) && is_here(address))
			return text_format("socket:[%lu]", inode);
	return NULL;
}

/* ---- its processes ---- */

static bool is_program(const char *pid)
{
	AUTO(memory) char *path = text_format("/proc/%s/comm", pid);
	AUTO(file) FILE *file = fopen(path, "re");
	char name[32] = "";
	if (!file || !fgets(name, sizeof name, file))
		return false;
	for (size_t i = 0; i < COUNT(programs); i++)
		if (text_starts(name, programs[i]))
			return true;
	return false;
}

static bool has_socket(const char *pid, const char *socket)
{
	AUTO(memory) char *path = text_format("/proc/%s/fd", pid);
	AUTO(folder) DIR *folder = opendir(path);
	const struct dirent *entry;
	char target[64];
	while (folder && (entry = readdir(folder))) {
		ssize_t size = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);
		if (size <= 0)
			continue;
		target[size] = '\0';
		if (!strcmp(target, socket))
			return true;
	}
	return false;
}

static int64_t resident_of(const char *pid)
{
	AUTO(memory) char *path = text_format("/proc/%s/statm", pid);
	AUTO(file) FILE *file = fopen(path, "re");
	long pages;
	return file && fscanf(file, "%*d %ld", &pages) == 1 ? (int64_t)pages * sysconf(_SC_PAGESIZE) : 0;
}

/* The soft limit; -1: there is none, or it is not told. */
static int64_t files_of(const char *pid)
{
	AUTO(memory) char *path = text_format("/proc/%s/limits", pid);
	AUTO(file) FILE *file = fopen(path, "re");
	char line[256];
	long most;
	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "Max open files %ld", &most) == 1)
			return most;
	return -1;
}

static void add(const char *pid, struct server_seen *seen)
{
	int64_t files = files_of(pid);
	seen->resident += resident_of(pid);
	if (files >= 0 && (seen->files_most < 0 || files < seen->files_most))
		seen->files_most = files;
}

bool server_find(int64_t port, struct server_seen *seen)
{
	AUTO(memory) char *first = find_socket("/proc/net/tcp", port);
	AUTO(memory) char *other = first ? NULL : find_socket("/proc/net/tcp6", port);
	const char *socket = first ? first : other;
	AUTO(folder) DIR *folder = socket ? opendir("/proc") : NULL;
	const struct dirent *entry;
	*seen = (struct server_seen){.files_most = -1};
	while (folder && (entry = readdir(folder)))
		if (isdigit((unsigned char)*entry->d_name) && is_program(entry->d_name) &&
		    has_socket(entry->d_name, socket))
			add(entry->d_name, seen);
	return seen->resident > 0;
}
