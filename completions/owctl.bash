# bash completion for owctl: asks owctl itself.

_owctl()
{
	mapfile -t COMPREPLY < <(owctl __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)
}
complete -F _owctl owctl
