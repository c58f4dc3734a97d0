"""Tests talk to this machine only."""

import socket
from contextlib import closing

import pytest
from pytest_socket import SocketConnectBlockedError

OUTSIDE = "192.0.2.1"  # RFC 5737: nobody's


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_the_network_is_shut():
    with closing(socket.socket()) as outgoing, pytest.raises(SocketConnectBlockedError):
        outgoing.connect((OUTSIDE, 80))


def test_this_machine_is_open(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        socket.create_connection(server.getsockname()).close()
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()
        with closing(socket.socket(socket.AF_UNIX)) as outgoing:
            outgoing.connect(str(tmp_path / "s"))
