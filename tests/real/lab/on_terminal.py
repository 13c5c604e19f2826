"""on_terminal.py TEXT COMMAND..: runs a command that has a terminal, and types TEXT whenever it asks there. What it prints goes to
where this does; of the terminal only the questions do."""
import os
import pty
import sys


def run(text, command):
    streams = [os.dup(number) for number in (1, 2)]
    child, terminal = pty.fork()
    if child == 0:
        for number, stream in zip((1, 2), streams):
            os.dup2(stream, number)
        os.execvp(command[0], command)
    try:
        while said := os.read(terminal, 4096):
            if question := said.strip():
                os.write(1, question + b"\n")
                os.write(terminal, text.encode() + b"\n")
    except OSError:
        pass  # the other side is closed: Linux says EIO
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
