# bash completion for owctl. The words come from owctl itself, so this file need never change with it.

# Sets `words` to the arguments up to the cursor. bash splits words at =, : and @ as well, which stand inside
# owctl's (--output=json, alice@example.org): what is not separated by a blank in the line belongs together.
_owctl_words()
{
	local rest=${COMP_LINE:0:COMP_POINT} i piece
	words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		piece=${COMP_WORDS[i]}
		((i == COMP_CWORD)) && piece=$rest && piece=${piece#"${piece%%[![:blank:]]*}"}
		if [[ $i -gt 0 && $rest != [[:blank:]]* && -n $rest ]]; then
			words[${#words[@]} - 1]+=$piece
		else
			words+=("$piece")
		fi
		rest=${rest#"${rest%%[![:blank:]]*}"}
		rest=${rest#"$piece"}
	done
	words=("${words[@]:1}")
	# Quotes and backslashes are the shell's, not part of the words.
	words=("${words[@]//[\'\"\\]/}")
}

_owctl()
{
	local words candidate current kept
	_owctl_words
	current=${words[${#words[@]} - 1]}
	# The part of the current word that bash keeps in front of what is inserted.
	kept=${current%"${current##*[=:@]}"}
	COMPREPLY=()
	while IFS= read -r candidate; do
		candidate=${candidate%%$'\t'*}
		case $candidate in
		:file)
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -f -- "${current#"$kept"}")
			;;
		:folder)
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -d -- "${current#"$kept"}")
			;;
		*)
			printf -v candidate %q "${candidate#"$kept"}"
			candidate=${candidate//\\,/,} # which %q escapes and bash does not need
			COMPREPLY+=("$candidate")
			[[ $candidate == *[=,] ]] && compopt -o nospace 2>/dev/null
			;;
		esac
	done < <("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null)
}

complete -F _owctl owctl
