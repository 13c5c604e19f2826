/* Answers as a replica of Open WebUI does to what needs no account, and costs next to nothing: the program of
 * containers and tasks, whose image is this one file. Run as "replica probe" it is their health check.
 *
 * Environment: HOST (0.0.0.0), PORT (8080), VERSION; STATUS, what /health and /ready answer with (200); CRASH_AFTER,
 * seconds after which it ends with 14; EAT, bytes of memory that it takes at its start. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const char *setting(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value && *value ? value : otherwise;
}

static struct sockaddr_in address(const char *any)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	const char *host = setting("HOST", "0.0.0.0");

	address.sin_port = htons((uint16_t)atoi(setting("PORT", "8080")));
	address.sin_addr.s_addr = inet_addr(strcmp(host, "0.0.0.0") == 0 ? any : host);
	return address;
}

static void respond(int client, int status, const char *type, const char *body)
{
	char answer[1024] = {0};
	int length = snprintf(answer, sizeof(answer),
			      "HTTP/1.1 %d %s\r\n"
			      "content-type: %s\r\n"
			      "content-length: %zu\r\n"
			      "connection: close\r\n\r\n"
			      "%s",
			      status, status == 200 ? "OK" : "Error", type, strlen(body), body);

	if (write(client, answer, (size_t)length) != length)
		_exit(1);
}

static void serve(int client)
{
	char request[4096] = {0}, path[256] = {0}, version[128] = {0};
	int status = atoi(setting("STATUS", "200"));

	if (read(client, request, sizeof(request) - 1) <= 0 || sscanf(request, "GET %255s", path) != 1)
		return;
	snprintf(version, sizeof(version), "{\"version\":\"%s\",\"deployment_id\":\"\"}", setting("VERSION", "0.0.0"));
	if (strcmp(path, "/api/version") == 0)
		respond(client, 200, "application/json", version);
	else if (strcmp(path, "/health") != 0 && strcmp(path, "/health/db") != 0 && strcmp(path, "/ready") != 0)
		respond(client, 200, "text/html; charset=utf-8", "<!doctype html>\n");
	else if (status == 200)
		respond(client, 200, "application/json", "{\"status\":true}");
	else
		respond(client, status, "application/json", "{\"detail\":\"Database not ready\"}");
}

/* Whether the replica of the same environment is healthy. */
static int probe(void)
{
	struct sockaddr_in server = address("127.0.0.1");
	int line = socket(AF_INET, SOCK_STREAM, 0);
	static const char request[] = "GET /health HTTP/1.1\r\n\r\n", good[] = "HTTP/1.1 200 ";
	char answer[sizeof(good)] = {0};

	if (connect(line, (struct sockaddr *)&server, sizeof(server)) != 0 ||
	    write(line, request, sizeof(request) - 1) < 0 || read(line, answer, sizeof(good) - 1) < 0)
		return 1;
	return strcmp(answer, good) != 0;
}

static void eat(size_t bytes)
{
	volatile char *memory = malloc(bytes);

	for (size_t i = 0; memory && i < bytes; i += 1024)
		memory[i] = 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_in own = address("0.0.0.0");
	int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (argc > 1 && strcmp(argv[1], "probe") == 0)
		return probe();
	setvbuf(stdout, NULL, _IOLBF, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)&own, sizeof(own)) != 0 || listen(listener, 64) != 0) {
		perror("replica");
		return 1;
	}
	printf("listening on %s:%d\n", inet_ntoa(own.sin_addr), ntohs(own.sin_port));
	eat(strtoul(setting("EAT", "0"), NULL, 10));
	signal(SIGCHLD, SIG_IGN);
	signal(SIGTERM, _exit);
	signal(SIGALRM, _exit);
	alarm((unsigned)atoi(setting("CRASH_AFTER", "0")));
	for (;;) {
		int client = accept(listener, NULL, NULL);

		if (client >= 0 && fork() == 0) {
			alarm(5);
			serve(client);
			_exit(0);
		}
		close(client);
	}
}
