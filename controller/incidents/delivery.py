"""The child that delivers one message, so that a receiver that hangs, or a library, harms nobody.

python -m controller.incidents.delivery     a Parcel on stdin, a Delivery on stdout
"""

import sys
import time

import msgspec

from controller.incidents.channel_entered import MAIL, SYSLOG, WEBHOOK
from controller.incidents.parcel import Delivery, Parcel


def deliver(parcel: Parcel) -> Delivery:
    """Send it; the library of the other services is loaded where it is needed alone."""
    if parcel.kind == MAIL:
        from controller.incidents import mail

        return mail.send(parcel)
    if parcel.kind == WEBHOOK:
        from controller.incidents import webhook

        return webhook.send(parcel, now_s=int(time.time()))
    if parcel.kind == SYSLOG:
        from controller.incidents import syslog

        return syslog.send(parcel)
    from controller.incidents import push

    return push.send(parcel)


def main() -> None:
    """Read, deliver, say what became of it."""
    parcel = msgspec.json.decode(sys.stdin.buffer.read(), type=Parcel)
    outcome = deliver(parcel)
    sys.stdout.buffer.write(b"\n" + msgspec.json.encode(outcome) + b"\n")


if __name__ == "__main__":
    main()
