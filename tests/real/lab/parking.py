"""A replica that nobody wants now: it is paused and its connections are cut, so that neither Redis nor PostgreSQL counts it. Once it goes
on, it connects again by itself; one of an old release would not hear of it in Redis."""
import os
import pathlib
import signal


def ports_of(pid):
    """The local ports of its TCP connections."""
    own = set()
    for file in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            own.add(os.readlink(file))
        except FileNotFoundError:
            continue
    lines = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(line[1].split(":")[1], 16) for line in lines if f"socket:[{line[9]}]" in own}


def park(replica, redis, postgresql):
    os.kill(replica.popen.pid, signal.SIGSTOP)
    replica.is_parked = True
    ports = ports_of(replica.popen.pid)
    client = redis.client()
    for other in client.client_list():
        if int(other["addr"].rpartition(":")[2]) in ports:
            client.client_kill_filter(_id=other["id"])
    client.close()
    with postgresql.connect("postgres") as connection:
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where client_port = any(%s)", (list(ports),))


def resume(replica):
    if replica.is_parked:
        os.kill(replica.popen.pid, signal.SIGCONT)
    replica.is_parked = False
