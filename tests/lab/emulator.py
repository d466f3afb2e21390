"""The process that is a line: two TUN devices, joined by what a shape says.

It is told shapes, and asked for its counts, over a Unix socket, a JSON line each:

    {"up": {"rate_bps": 500000}, "down": {}}   new shapes; a direction left out stays
    {}                                          counts since the last reading

It ends with whoever holds its standard input open.
"""

import argparse
import os
import select
import socket
import sys
import time
from pathlib import Path

import msgspec

from tests.lab.probe_record import ProbeRecord
from tests.lab.shape import Counts, Direction, Shape

LONGEST_NAP_S = 0.05


class Command(msgspec.Struct, frozen=True):
    """New shapes; None leaves a direction as it is."""

    up: Shape | None = None
    down: Shape | None = None


class Reading(msgspec.Struct, frozen=True):
    """What both directions carried."""

    up: Counts
    down: Counts


class Emulator:
    """Carries packets: `inside` is the TUN device of the point, `outside` that of the centre."""

    def __init__(self, inside: int, outside: int, seed: int, record: ProbeRecord) -> None:
        self._record = record
        self.up, self.down = Direction(Shape(), seed), Direction(Shape(), seed + 1)
        self._ways = ((inside, outside, self.up), (outside, inside, self.down))

    def serve(self, control: socket.socket) -> None:
        """Carry until standard input ends."""
        sources = [source for source, _, _ in self._ways]
        while True:
            readable, _, _ = select.select([*sources, control, sys.stdin], [], [], self._nap_s())
            if sys.stdin in readable:
                return
            now_s = time.monotonic()
            for source, _, direction in self._ways:
                if source in readable:
                    self._take(source, direction, now_s)
            if control in readable:
                self._obey(control)
            self._let_out()

    def _nap_s(self) -> float:
        due = [d.next_s for d in (self.up, self.down) if d.next_s is not None]
        return min(LONGEST_NAP_S, max(0.0, min(due) - time.monotonic())) if due else LONGEST_NAP_S

    def _take(self, source: int, direction: Direction, now_s: float) -> None:
        while True:
            try:
                packet = os.read(source, 65_535)
            except BlockingIOError:
                return
            is_carried = direction.put(packet, now_s)
            self._record.came(direction is self.up, packet, is_carried=is_carried)

    def _let_out(self) -> None:
        now_s = time.monotonic()
        for _, target, direction in self._ways:
            for packet in direction.due(now_s):
                self._record.left(direction is self.up, packet)
                try:
                    os.write(target, packet)
                except OSError:
                    direction.lost_at_device()

    def _obey(self, control: socket.socket) -> None:
        text, sender = control.recvfrom(65_535)
        command = msgspec.json.decode(text, type=Command)
        self.up.shape = command.up or self.up.shape
        self.down.shape = command.down or self.down.shape
        reading = Reading(self.up.read(), self.down.read())
        control.sendto(msgspec.json.encode(reading), sender)


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inside", type=int, required=True)
    parser.add_argument("--outside", type=int, required=True)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", type=Path, help="where to leave what became of each probe")
    arguments = parser.parse_args()
    for descriptor in (arguments.inside, arguments.outside):
        os.set_blocking(descriptor, False)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as control:
        control.bind(str(arguments.socket))
        record = ProbeRecord()
        Emulator(arguments.inside, arguments.outside, arguments.seed, record).serve(control)
        if arguments.record:
            record.write(arguments.record)


if __name__ == "__main__":
    main()
