# shellcheck shell=sh
# One installation, for upgrade.sh: replicas that systemd runs on machines of their own, and nginx on this one before
# them. All of it is to be changed; with another load balancer or orchestrator only the four site_.. are different.

# shellcheck disable=SC2034
REPLICAS="10.0.0.7:8080 10.0.0.8:8080"

# The settings of the servers, and OWCTL_REPOSITORY, OWCTL_RECIPIENTS and OWCTL_REPLICAS (the same replicas as above,
# with http://): a profile or an env file, since nothing secret belongs here.
owctl() { command owctl --env-file /etc/owctl/open-webui.env "$@"; }

# A file with the `upstream` block, in which each replica has a line `server 10.0.0.7:8080;`.
NGINX_MEMBERS=/etc/nginx/conf.d/open-webui-replicas.conf

nginx_reload() { nginx -s reload; }

# nginx_member REPLICA WAS IS - both are what stands behind the address. A line that looks otherwise is not changed, and
# people would go on being sent there.
nginx_member() {
	sed "s/server $1$2;/server $1$3;/" "$NGINX_MEMBERS" >"$NGINX_MEMBERS.new"
	grep -qF "server $1$3;" "$NGINX_MEMBERS.new" || {
		printf '%s has no line "server %s%s;"\n' "$NGINX_MEMBERS" "$1" "$2" >&2
		return 1
	}
	mv "$NGINX_MEMBERS.new" "$NGINX_MEMBERS"
	nginx_reload
}

# Nobody new gets to this replica. It may be so already.
site_drain() { nginx_member "$1" "" " down"; }

# People get to it again.
site_undrain() { nginx_member "$1" " down" ""; }

# It ends, and is not started again by anybody. It may have ended already.
site_stop() { ssh "root@${1%:*}" systemctl stop open-webui; }

# site_start REPLICA RELEASE - with ENABLE_DB_MIGRATIONS=false in its settings. It need not be waited for.
# shellcheck disable=SC2029
site_start() {
	ssh "root@${1%:*}" "/opt/open-webui/bin/pip install --quiet open-webui==$2 && systemctl start open-webui"
}
