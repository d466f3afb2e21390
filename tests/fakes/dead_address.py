"""A local address at which nobody answers: packets to it are dropped, as on a dead path."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

DEAD_HOST = "127.0.0.2"


@contextmanager
def dead_address(port: int) -> Iterator[tuple[str, int]]:
    """Give an address whose connections hang: a listener whose queue is full drops them."""
    with ExitStack() as open_sockets:
        listener = open_sockets.enter_context(socket.socket())
        listener.bind((DEAD_HOST, port))
        listener.listen(0)
        for _ in range(4):
            filler = open_sockets.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex((DEAD_HOST, port))
        yield DEAD_HOST, port
