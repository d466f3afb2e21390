"""Sockets that others come to: bound, or closed with an error that says what to do."""

import errno
import socket

from runtime.errors import PortInUse


def bind(one: socket.socket, host: str, port: int) -> None:
    """Bind a socket; it is closed where that cannot be.

    Raises:
        PortInUse: another program has this port.
        OSError: the address is not one of this machine's, or the port not this process's to take.
    """
    try:
        one.bind((host, port))
    except OSError as exc:
        one.close()
        if exc.errno == errno.EADDRINUSE:
            raise PortInUse(host, port) from exc
        raise
