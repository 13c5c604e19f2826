# shellcheck shell=bash
# The cache: one folder a part, outside the tree, shared by every clone of this user.
#
# A part's folder is named after what it was made from, so another version of the lock file is another folder, and no
# running test ever loses its parts. It is built under another name and renamed when it is whole; a folder without its
# stamp, or one that no longer works, is built again. A lock makes two scripts that want the same part wait for
# each other.

cache=${OWCTL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/owctl}

# part NAME BUILD WORKS PIN.. - prints the folder of the part NAME.
#   BUILD FOLDER   makes it, as pinned by the words PIN
#   WORKS FOLDER   quickly tells whether it is usable
part() {
	local name=$1 build=$2 works=$3 key home
	shift 3
	key=$(printf '%s\n' "$@" | sha256sum | cut -c1-12)
	home=$cache/$name-$key
	mkdir -p "$cache/locks"
	(
		flock 9
		if [ ! -e "$home/.complete" ] || is_broken "$works" "$home"; then
			[ -z "${OWCTL_NO_DOWNLOAD-}" ] ||
				cannot "$name is not in the cache yet: run ./scripts/check once"
			part_build "$name" "$build" "$works" "$home" ||
				part_build_again "$name" "$build" "$works" "$home"
		fi
	) 9>"$cache/locks/$name" >&2 || return
	printf '%s\n' "$home"
}

# Whether the check says so. One that was cut off from outside has said nothing: others may be using the part right now.
is_broken() {
	local status=0
	"$@" || status=$?
	case $status in
	0 | 129 | 130 | 137 | 143) return 1 ;; # HUP, INT, KILL, TERM
	esac
}

# Registries are slow at times, and installers crash: one failure is no verdict.
part_build_again() {
	printf 'installing %s failed, trying once more\n' "$1"
	part_build "$@"
}

part_build() {
	local name=$1 build=$2 works=$3 home=$4 since=$SECONDS
	printf 'installing %s\n' "$name"
	rm -rf "$home" "$home.new"
	mkdir "$home.new"
	"$build" "$home.new" || return
	"$works" "$home.new" || { printf '%s does not work after its installation\n' "$name"; return 1; }
	touch "$home.new/.complete"
	mv "$home.new" "$home"
	printf 'installed %s in %d s\n' "$name" $((SECONDS - since))
}
