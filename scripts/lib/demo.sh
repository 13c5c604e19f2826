# shellcheck shell=bash
# The main job of owctl on a scratch database, each command shown before it runs: demo SCRATCH FOLDER-OF-OWCTL

demo() {
	local scratch=$1 programs=$2
	export DATA_DIR=$scratch OWCTL_AUDIT_LOG=$scratch/audit.jsonl
	printf 'correct horse battery staple\n' >"$scratch/password"
	chmod 600 "$scratch/password"
	people >"$scratch/people.csv"

	printf 'As Open WebUI does, owctl finds the database through DATA_DIR or DATABASE_URL.\n'
	printf 'What it changes it records in the system journal, or in a file: OWCTL_AUDIT_LOG.\n'
	printf "\$ export DATA_DIR=%s OWCTL_AUDIT_LOG=%s PATH=%s:\$PATH\n" "$scratch" "$OWCTL_AUDIT_LOG" "$programs"
	PATH=$programs:$PATH
	run owctl migrate up
	run owctl migrate status
	run owctl user create ada@example.org --name 'Ada Lovelace' --role admin --password-file "$scratch/password"
	run cat "$scratch/people.csv"
	run owctl user import "$scratch/people.csv"
	run owctl user list
	run owctl user check-password ada@example.org --password-file "$scratch/password"
	backup "$scratch"
	run cat "$OWCTL_AUDIT_LOG"
	printf 'No server runs here, so only the database is looked at; without --only all of an installation is.\n'
	run owctl health check --only database
}

# There and back, into a folder of its own.
backup() {
	local key=$1/backup-key.txt repository=$1/backups recipient
	printf 'A backup is encrypted for a public key; the secret one is needed to read it, and is kept elsewhere.\n'
	run owctl repo keys "$key"
	recipient=$(sed -n 's/^# public key: //p' "$key")
	run owctl repo init "$repository"
	run owctl backup create -r "$repository" --recipient "$recipient"
	run owctl backup verify -r "$repository" --read-data -i "$key"
	run owctl backup restore -r "$repository" -i "$key" --data-dir "$1/restored"
	run owctl user list --data-dir "$1/restored"
}

# Open WebUI's own import form takes the same file.
people() {
	printf 'Name,Email,Password,Role\n'
	printf 'Grace Hopper,grace@example.org,nanoseconds are short,user\n'
	printf 'Alan Turing,alan@example.org,on computable numbers,user\n'
	printf 'Katherine Johnson,katherine@example.org,check the numbers,pending\n'
}

whats_next() {
	cat <<-END
	Everything worked. What to type next:
	  export DATA_DIR=$DATA_DIR OWCTL_AUDIT_LOG=$OWCTL_AUDIT_LOG PATH=$PWD/build:\$PATH
	  owctl help                               all commands
	  owctl user passwd grace@example.org      a new password, asked for without echo
	  owctl user list -o json                  the same list for programs
	  owctl health check                       what is wrong with an installation, server by server
	  DATA_DIR=/app/backend/data owctl user list    the users of an Open WebUI of your own
	  sudo make install                        puts owctl, its man pages, completions and schemas into /usr/local
	The scratch folder can be removed: rm -r $DATA_DIR
	END
}
