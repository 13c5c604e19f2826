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
	for i in "${!words[@]}"; do
		_owctl_unquote "${words[i]}"
		words[i]=$plain
	done
}

# Sets `plain` to what a typed word means, `open` to the quote in which it ends, and `kept` to the part of `plain` that
# bash keeps in front of what is inserted: up to that quote, else up to the last =, : or @.
_owctl_unquote()
{
	local char i
	plain='' open='' kept=''
	for ((i = 0; i < ${#1}; i++)); do
		char=${1:i:1}
		if [[ -n $open && $char == "$open" ]]; then
			open=''
		elif [[ -z $open && $char == [\'\"] ]]; then
			open=$char kept=$plain
		elif [[ $char == \\ && $open != \' && ( -z $open || ${1:i+1:1} == [\\\"\$\`] ) ]]; then
			((++i))
			plain+=${1:i:1}
		else
			plain+=$char
			[[ -z $open && $char == [=:@] ]] && kept=$plain
		fi
	done
}

# Sets `quoted` to the word as it has to stand in the line, in the quote that is `open` there. Not by printf %q: that
# knows of no quote, and writes what the locale can't print as $'..', in which a double quote runs what a name contains.
_owctl_quote()
{
	local rest=$1 special='[^[:alnum:]_.,:=@%+/-]' before char
	case $open in
	\') special="[']" ;;
	\") special='[\\"$`!]' ;;
	esac
	quoted=''
	while before=${rest%%$special*} && [[ $before != "$rest" ]]; do
		char=${rest:${#before}:1}
		rest=${rest:${#before}+1}
		case $open$char in
		"''") char="'\\''" ;;
		'"!') char="\"'!'\"" ;; # a backslash would stay there
		*) char=\\$char ;;
		esac
		quoted+=$before$char
	done
	quoted+=$rest
}

_owctl()
{
	local words candidate current plain open kept quoted
	_owctl_words
	current=$plain
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
			_owctl_quote "${candidate#"$kept"}"
			COMPREPLY+=("$quoted")
			[[ $candidate == *[=,] ]] && compopt -o nospace 2>/dev/null
			;;
		esac
	done < <("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null)
}

complete -F _owctl owctl
