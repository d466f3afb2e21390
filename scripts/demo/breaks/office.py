"""`diemcau-controller web` with some of the office's rules replaced, as in breaks/controller.py."""

import sys
from collections.abc import Iterable
from fractions import Fraction

from contracts import floor
from contracts.floor import FloorMode, FloorState
from contracts.ids import PointId
from controller import cli
from controller.mail.mailer import Mailer
from controller.mail.smtp import MailOutcome
from controller.meetings import booking, series_dates
from controller.meetings.booking import Booking, Clash
from controller.meetings.rollcall import rules
from controller.meetings.rollcall.rules import Proposal, RollState
from controller.reports.figures import MeetingSums

_grant = floor.grant


def _free(wanted: Booking, others: Iterable[Booking]) -> list[Clash]:
    """Every room is free at any time."""
    del wanted, others
    return []


def _never(*args: object, **more: object) -> None:
    """No date of a series meets another booking."""
    del args, more


async def _thrown_away(self: Mailer, *letter: object) -> MailOutcome:
    """A letter counts as sent and never was."""
    del self, letter
    return MailOutcome("sent")


def _beside(
    state: FloorState, point: str, *, chair: PointId, invited: frozenset[str]
) -> FloorState:
    """Whoever has the floor keeps it beside who is given it."""
    given = _grant(state, point, chair=chair, invited=invited)
    if given.mode is not FloorMode.ONE_MIC or not state.holders:
        return given
    return FloorState(given.epoch, given.mode, (state.holders[-1], point))


def _absent(state: RollState, late_min: int | None = None) -> Proposal:
    """Nobody was there."""
    del state, late_min
    return Proposal(RollState.ABSENT)


def _share(self: MeetingSums) -> Fraction | None:
    """One meeting more was held than is counted."""
    return Fraction(self.online, self.count + 1)


def apply(breakage: str) -> None:
    """Replace the rule that the breakage names."""
    if breakage == "double-booking":
        vars(booking)["clashes"] = _free
        vars(series_dates)["clash_of"] = _never
    elif breakage == "lost-invitation":
        Mailer._handed_over = _thrown_away  # type: ignore[assignment, method-assign]
    elif breakage == "two-holders":
        vars(floor)["_MOST_HOLDERS"][FloorMode.ONE_MIC] = 2
        vars(floor)["grant"] = _beside
    elif breakage == "wrong-roll-call":
        vars(rules)["Proposal"] = _absent
    elif breakage == "wrong-indicator":
        MeetingSums.online_share = property(_share)  # type: ignore[assignment,method-assign]


if __name__ == "__main__":
    for name in sys.argv[1].split(","):
        apply(name)
    raise SystemExit(cli.main(sys.argv[2:]))
