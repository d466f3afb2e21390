"""sd_notify(3): tells systemd what a process is doing. Does nothing without NOTIFY_SOCKET."""

import os
import socket


def _send(state: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
        try:
            notify.connect(address)
            notify.send(state.encode())
        except OSError:
            # systemd is away or its queue is full: the next call tells it again.
            return


def ready() -> None:
    """Say that the process serves."""
    _send("READY=1")


def stopping() -> None:
    """Say that the process is shutting down."""
    _send("STOPPING=1")


def status(text: str) -> None:
    """Say in a sentence what the process is doing; systemctl status shows it."""
    _send(f"STATUS={text}")


def watchdog() -> None:
    """Say that work was done since the last call; call it only then."""
    _send("WATCHDOG=1")


def watchdog_interval_s() -> float | None:
    """Return half of what systemd allows between two calls of watchdog(); None: no watchdog."""
    limit_us = os.environ.get("WATCHDOG_USEC", "")
    return int(limit_us) / 2e6 if limit_us.isdigit() and int(limit_us) > 0 else None
