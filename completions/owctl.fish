# fish completion for owctl. The words come from owctl itself, so this file need never change with it.

function __owctl_complete
    set -l words (commandline -opc)
    # Quotes and backslashes are fish's, not part of the word; it puts them back.
    set -l current (string replace -ra -- '[\'"\\\\]' '' (commandline -ct))
    set -l candidates ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    # Names of files after --option=: fish wants the option in front of them as well.
    set -l lead (string match -r -- '^--[^=]*=' "$current")
    test -n "$lead"; or set lead ""
    set -l value (string replace -- "$lead" "" "$current")
    switch "$candidates[1]"
        case :file
            string join \n -- $lead(__fish_complete_path "$value")
        case :folder
            string join \n -- $lead(__fish_complete_directories "$value")
        case '*'
            string join \n -- $candidates
    end
end

complete -c owctl -f -a '(__owctl_complete)'
