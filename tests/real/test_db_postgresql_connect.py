"""The PostgreSQL driver on its way to a server: nobody there, several hosts, sockets, what a connection string leaves open."""
import contextlib
import socket
import threading
import time

import pytest

from lab.probe import Probe, Refused
from lab.process import free_port


def local(port, **more):
    return " ".join([f"host=127.0.0.1 port={port} user=owner dbname=postgres", *(f"{key}={value}" for key, value in more.items())])


def test_nobody_listens(probe):
    refusal, seconds = probe.refused("open", postgresql=local(free_port()), connect_timeout=1)
    assert refusal.status == 69 and "refused" in refusal.message and refusal.hint and seconds < 2


def test_refused_at_first_is_tried_again(probe):
    """A server that comes up while owctl waits: here one that says that it is starting up, so that it is heard twice."""
    port = free_port()
    probe.send("open", postgresql=local(port, sslmode="disable", gssencmode="disable"), connect_timeout=5)
    time.sleep(0.5)
    starting = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
    heard = []
    with socket.create_server(("127.0.0.1", port)) as server:
        server.settimeout(8)
        while len(heard) < 2:
            client, _ = server.accept()
            heard.append(client.recv(1000))
            client.sendall(b"E" + (len(starting) + 4).to_bytes(4, "big") + starting)
            client.close()
    with pytest.raises(Refused) as refusal:
        probe.answer()
    assert refusal.value.status == 69


def test_server_that_accepts_and_never_answers(probe):
    with socket.create_server(("127.0.0.1", 0)) as server:
        refusal, seconds = probe.refused("open", postgresql=local(server.getsockname()[1]), connect_timeout=1)
        assert refusal.status == 69 and "no answer within 1 s" in refusal.message and refusal.hint and 0.9 < seconds < 2


def test_connect_timeout_of_the_connection_string_and_the_environment(probe):
    with socket.create_server(("127.0.0.1", 0)) as server, Probe(env={"PGCONNECT_TIMEOUT": "1"}) as other:
        port = server.getsockname()[1]
        for who, more in ((probe, {"connect_timeout": 1}), (other, {})):
            refusal, seconds = who.refused("open", postgresql=local(port, **more))
            assert refusal.status == 69 and 0.9 < seconds < 2


def test_signal_ends_connecting(probe):
    with socket.create_server(("127.0.0.1", 0)) as server:
        probe.send("open", postgresql=local(server.getsockname()[1]), connect_timeout=60)
        server.accept()
        assert probe.interrupted() < 1


def test_second_host_is_tried(postgresql, probe):
    probe.open(postgresql=f"host=127.0.0.1,127.0.0.1 port={free_port()},{postgresql.port} user=owner dbname=postgres")
    probe.begin()
    assert probe.rows("select 1", 1) == [[1]]


def test_of_several_refusals_the_last_host_s_counts(probe):
    ports = []
    with contextlib.ExitStack() as stack:
        for state, text in (("57P03", "starting up"), ("3D000", "no such database")):
            body = f"SFATAL\0VFATAL\0C{state}\0M{text}\0Htry that\0\0".encode()
            server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            ports.append(str(server.getsockname()[1]))

            def refuse(server=server, answer=b"E" + (len(body) + 4).to_bytes(4, "big") + body):
                client, _ = server.accept()
                client.recv(1000)
                client.sendall(answer)
                client.close()

            threading.Thread(target=refuse, daemon=True).start()
        refusal, _ = probe.refused("open", postgresql=f"host=127.0.0.1,127.0.0.1 port={','.join(ports)} user=u dbname=x sslmode=disable"
                                                      " gssencmode=disable", connect_timeout=3)
        assert refusal.status == 78 and refusal.message.endswith("failed: no such database") and "CREATE DATABASE" in refusal.hint
        assert "try that" not in refusal.message


def test_unix_socket(postgresql, probe):
    probe.open(postgresql=f"host={postgresql.folder} port={postgresql.port} user=owner dbname=postgres")
    probe.begin()
    assert probe.rows("select inet_server_addr() is null", 1) == [[1]]


def test_unix_socket_that_is_not_there(tmp_path, probe):
    refusal, _ = probe.refused("open", postgresql=f"host={tmp_path} dbname=x", connect_timeout=1)
    assert refusal.status == 69 and refusal.hint


def test_database_that_is_not_there(postgresql, probe):
    refusal, _ = probe.refused("open", postgresql=local(postgresql.port).replace("dbname=postgres", "dbname=nowhere"))
    assert refusal.status == 78 and '"nowhere" does not exist' in refusal.message and refusal.hint
    assert "FATAL" not in refusal.message and "3D000" not in refusal.message and "LOCATION" not in refusal.message


def test_unknown_host(probe):
    refusal, _ = probe.refused("open", postgresql="host=nowhere.invalid dbname=x", connect_timeout=5)
    assert refusal.status == 69 and refusal.hint


def test_connection_string_that_cannot_be_read_shows_no_password(probe):
    for text in ("host=x password=two words=1", "password='open", "host=x wrong=1", "postgresql://u:pw@h/x?words=1", "words"):
        refusal, _ = probe.refused("open", postgresql=text)
        assert refusal.status == 78 and refusal.hint and ("words" not in refusal.message or text == "words") and "open" not in refusal.message
