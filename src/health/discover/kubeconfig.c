/* A kubeconfig file: clusters, users and contexts by name, and which context is the current one. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "health/discover/kubernetes_access.h"
#include "settings/yaml.h"

#define FILE_LIMIT ((size_t)4 << 20)

struct kubeconfig {
	const char *path;
	struct yaml yaml;
};

/* The text below a node, by a path as "/cluster/server"; NULL: there is none. To be released with secret_free. */
static char *text_at(struct fy_node *node, const char *path)
{
	size_t size;
	struct fy_node *found = node ? fy_node_by_path(node, path, FY_NT, FYNWF_DONT_FOLLOW) : NULL;
	const char *text = found && fy_node_is_scalar(found) ? fy_node_get_scalar(found, &size) : NULL;
	return text && size ? text_copy_n(text, size) : NULL;
}

/* The item of a list whose "name" is this. */
static struct fy_node *named(const struct kubeconfig *config, const char *list, const char *name)
{
	struct fy_node *root = yaml_root(&config->yaml);
	struct fy_node *items = root ? fy_node_by_path(root, list, FY_NT, FYNWF_DONT_FOLLOW) : NULL;
	void *at = NULL;
	struct fy_node *item;
	while (items && fy_node_is_sequence(items) && (item = fy_node_sequence_iterate(items, &at))) {
		AUTO(secret) char *own = text_at(item, "/name");
		if (text_equal(own, name))
			return item;
	}
	return NULL;
}

/* NAME names a file, beside this one unless it begins at the root; NAME-data has it in base64. */
static fallible read_pem(const struct kubeconfig *config, struct fy_node *node, const char *path, char **pem)
{
	AUTO(memory) char *data_path = text_format("%s-data", path);
	AUTO(secret) char *data = text_at(node, data_path);
	AUTO(secret) char *file = text_at(node, path);
	if (data) {
		size_t size, room = strlen(data) / 4 * 3 + 4;
		char *text = mem_new(room + 1, 1);
		if (sodium_base642bin((unsigned char *)text, room, data, strlen(data), "\r\n ", &size, NULL,
				      sodium_base64_VARIANT_ORIGINAL)) {
			secret_free(text);
			return error_new(ERR_SETTINGS, "%s is no base64", data_path + 1);
		}
		*pem = text;
	} else if (file) {
		AUTO(memory) char *folder = file_folder(config->path);
		AUTO(memory) char *whole = *file == '/' ? text_copy(file) : text_format("%s/%s", folder, file);
		return api_read_file(whole, pem);
	}
	return NULL;
}

static fallible read_user(const struct kubeconfig *config, struct fy_node *user, struct api *api)
{
	AUTO(secret) char *token = text_at(user, "/user/token");
	AUTO(secret) char *file = text_at(user, "/user/tokenFile");
	if (fy_node_by_path(user, "/user/exec", FY_NT, FYNWF_DONT_FOLLOW) ||
	    fy_node_by_path(user, "/user/auth-provider", FY_NT, FYNWF_DONT_FOLLOW))
		return error_hint(error_new(ERR_SETTINGS, "its user signs in by a program, which owctl does not run"),
				  "make a token with `kubectl create token ACCOUNT`, and a kubeconfig with it");
	if (!token && file)
		TRY(api_read_file(file, &token));
	if (token)
		api->authorization = text_format("Authorization: Bearer %s", token);
	TRY(read_pem(config, user, "/user/client-certificate", &api->certificate));
	return read_pem(config, user, "/user/client-key", &api->key);
}

static fallible missing(const char *what, const char *name)
{
	return error_hint(error_new(ERR_SETTINGS, "there is no %s \"%s\"", what, name ? name : ""),
			  "`kubectl config get-contexts` shows what is there");
}

static fallible read_context(const struct kubeconfig *config, struct api *api, char **namespace)
{
	AUTO(secret) char *current = text_at(yaml_root(&config->yaml), "/current-context");
	struct fy_node *context = current ? named(config, "/contexts", current) : NULL;
	if (!context)
		return missing("current context", current);
	AUTO(secret) char *cluster_name = text_at(context, "/context/cluster");
	AUTO(secret) char *user_name = text_at(context, "/context/user");
	AUTO(secret) char *own = text_at(context, "/context/namespace");
	struct fy_node *cluster = cluster_name ? named(config, "/clusters", cluster_name) : NULL;
	struct fy_node *user = user_name ? named(config, "/users", user_name) : NULL;
	if (!cluster || !user)
		return missing(cluster ? "user" : "cluster", cluster ? user_name : cluster_name);
	AUTO(secret) char *insecure = text_at(cluster, "/cluster/insecure-skip-tls-verify");
	api->base = text_at(cluster, "/cluster/server");
	if (!api->base)
		return missing("server of the cluster", cluster_name);
	api->unverified = text_equal(insecure, "true");
	*namespace = text_copy(own ? own : "default");
	TRY(read_pem(config, cluster, "/cluster/certificate-authority", &api->ca));
	return read_user(config, user, api);
}

fallible kubeconfig_read(const char *path, struct api *api, char **namespace)
{
	AUTO(str) struct str text = {0};
	struct kubeconfig config = {.path = path};
	TRY(file_read(path, FILE_LIMIT, &text));
	struct error *error = yaml_parse(path, str_text(&text), text.size, &config.yaml);
	if (!error)
		error = read_context(&config, api, namespace);
	yaml_cleanup(&config.yaml);
	if (text.size)
		mem_wipe(text.data, text.size);
	return error;
}
