import gc
import socket

from tests.web.sites import Site


def test_what_is_sent_leaves_at_once(site: Site) -> None:
    """Else each event of a stream waits for the acknowledgement of the one before."""
    host, port = site.address.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
        (server,) = (
            each
            for each in gc.get_objects()
            if type(each) is socket.socket and peer(each) == client.getsockname()
        )
        assert server.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def peer(one: socket.socket) -> object:
    try:
        return one.getpeername()
    except OSError:
        return None
