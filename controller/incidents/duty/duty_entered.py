"""The roster and the ladder as people type them: what counts, or a sentence on what does not."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from contracts import numbers
from contracts.errors import MalformedNumber
from controller import entered
from controller.entered import Label
from controller.errors import BadEntry
from controller.incidents import channel_entered
from controller.incidents.duty.ladder import CHANNELS, ON_DUTY, RUNGS
from controller.incidents.quiet_entered import QuietTaken, quiet
from controller.mail.entered import address
from monitoring.judgement.priority import Priority

MAX_NAME_CHARS, MAX_WAIT_MIN = 60, 7 * 24 * 60
DAYS = range(7)
_NAME = Label("Tên người trực", "The name")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class MemberEntered:
    """Somebody of the roster as typed."""

    name: str = ""
    channel_id: str = ""
    address: str = ""
    unit_id: str = ""
    quiet_from: str = ""
    quiet_until: str = ""
    quiet_lets: str = Priority.HIGH.value
    problem: str = ""

    def again(self, problem: str) -> "MemberEntered":
        """Return the same with a sentence on what is wrong."""
        return replace(self, problem=problem)


@dataclass(frozen=True, slots=True)
class ShiftEntered:
    """A shift of each week as typed, or as its form begins."""

    person_id: str = ""
    days: tuple[str, ...] = ()
    begins: str = "07:00"
    ends: str = "17:00"


@dataclass(frozen=True, slots=True)
class SwapEntered:
    """A swap as typed."""

    date: str = ""
    out_id: str = ""
    in_id: str = ""


@dataclass(frozen=True, slots=True)
class MemberTaken:
    """What is kept of it, beside the quiet hours."""

    name: str
    channel_id: str
    address: str
    unit_id: str
    quiet: QuietTaken


def person(
    typed: MemberEntered, *, channels: Mapping[str, str], units: Iterable[str]
) -> MemberTaken:
    """Return what counts of what was typed.

    Args:
        channels: the kinds of those that there are, by id.

    Raises:
        BadEntry: a field cannot be taken.
    """
    name = entered.line(_NAME, typed.name, most=MAX_NAME_CHARS)
    if typed.channel_id not in channels:
        raise BadEntry("Chọn kênh để báo cho người này.", "Choose the channel.")
    is_mail = channels[typed.channel_id] == channel_entered.MAIL
    if typed.unit_id and typed.unit_id not in set(units):
        raise BadEntry(
            "Đơn vị này không còn nữa: chọn lại.", "There is no such unit: choose again."
        )
    return MemberTaken(
        name=name,
        channel_id=typed.channel_id,
        address=address(typed.address) if typed.address and is_mail else "",
        unit_id=typed.unit_id,
        quiet=quiet(typed.quiet_from, typed.quiet_until, typed.quiet_lets),
    )


def on_date(typed: str) -> date:
    """Return a date.

    Raises:
        BadEntry: it is none.
    """
    try:
        if _DATE.fullmatch(typed):
            return date.fromisoformat(typed)
    except ValueError:
        pass
    raise BadEntry("Chọn ngày đổi ca.", "Choose the date.")


def weekdays(typed: Iterable[str]) -> list[int]:
    """Return days of the week, each once.

    Raises:
        BadEntry: there is none.
    """
    found = sorted({int(one) for one in typed if one in set(map(str, DAYS))})
    if not found:
        raise BadEntry("Chọn ít nhất một ngày trong tuần.", "Choose a day of the week.")
    return found


def minutes(typed: str, *, least: int = 0, most: int = MAX_WAIT_MIN) -> int:
    """Return a number of minutes.

    Raises:
        BadEntry: it is none, or out of its range.
    """
    try:
        return numbers.typed_whole(typed, least=least, most=most)
    except MalformedNumber as exc:
        raise BadEntry(
            f"Số phút phải từ {least} đến {most}.", f"Minutes are {least} to {most}."
        ) from exc


@dataclass(frozen=True, slots=True)
class RungEntered:
    """One rung as typed; an empty target: there is none. An empty wait: never."""

    target: str = ""
    waits: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True, slots=True)
class RungTaken:
    """One rung as it is kept."""

    target: str
    waits: tuple[int | None, ...]


def rungs(typed: Sequence[RungEntered], *, targets: Iterable[str]) -> list[RungTaken]:
    """Return the ladder that was typed.

    Raises:
        BadEntry: a rung means nobody, or there is none.
    """
    known, found = {ON_DUTY, CHANNELS, *targets}, []
    for one in typed[:RUNGS]:
        if not one.target:
            continue
        if one.target not in known:
            raise BadEntry("Người hoặc kênh này không còn nữa.", "There is no such receiver.")
        waits = tuple(minutes(wait) if wait.strip() else None for wait in one.waits)
        found.append(RungTaken(one.target, waits))
    for index in range(len(Priority)):
        if not any(one.waits[index] is not None for one in found):
            raise BadEntry(
                "Mỗi mức phải có ít nhất một bậc có số phút: nếu không sẽ không ai được báo.",
                "Each priority needs a rung with minutes: nobody would be told otherwise.",
            )
    return found
