"""What people type of carriers, contracts and outages: read into values, or refused. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.local_days import ZONE
from contracts.message import EARLIEST
from controller import entered
from controller.carriers.line_contract import Terms
from controller.entered import Label
from controller.errors import BadEntry
from monitoring.judgement.carrier_evidence import CarrierWord, Whose

MAX_NAME_CHARS, MAX_PHONE_CHARS, MAX_NUMBER_CHARS, MAX_REASON_CHARS = 80, 40, 60, 200
MOST_MBPS, MOST_REPAIR_H, LEAST_PERCENT = 100_000, 720, 50
_THREE_DECIMALS = re.compile(r"[0-9]{2}[.,][0-9]{3}")
_NAME = Label("Tên nhà mạng", "The carrier's name")
_PHONE = Label("Số báo sự cố", "The number for outages")
_NUMBER = Label("Số hợp đồng", "The contract's number")
_DOWN = Label("Tốc độ tải xuống (Mbit/s)", "The speed down (Mbit/s)")
_UP = Label("Tốc độ tải lên (Mbit/s)", "The speed up (Mbit/s)")
_PROMISED = Label("Độ khả dụng cam kết (%)", "The promised availability (%)")
_REPAIR = Label("Thời gian khắc phục cam kết (giờ)", "The promised repair time (hours)")
_FIRST = Label("Ngày bắt đầu", "The first day")
_LAST = Label("Ngày cuối", "The last day")
_TICKET = Label("Mã báo sự cố", "The ticket")
_REASON = Label("Lý do", "The reason")


@dataclass(frozen=True, slots=True)
class CarrierEntered:
    """The form of a carrier."""

    name: str = ""
    phone: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TermsEntered:
    """The form of a contract, as typed."""

    point: str = ""
    carrier: str = ""
    number: str = ""
    down: str = ""
    up: str = ""
    promised: str = ""
    repair: str = ""
    begins_on: str = ""
    ends_on: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class WordEntered:
    """The form of what is noted of an outage with its carrier."""

    told: str = ""
    ticket: str = ""
    restored: str = ""
    settled: str = ""
    reason: str = ""
    problem: str = ""


def carrier(typed: CarrierEntered) -> tuple[str, str]:
    """Return a carrier's name and telephone number.

    Raises:
        BadEntry: one of them is none.
    """
    return (
        entered.line(_NAME, typed.name, most=MAX_NAME_CHARS),
        entered.line(_PHONE, typed.phone, most=MAX_PHONE_CHARS, least=0),
    )


def terms(typed: TermsEntered) -> Terms:
    """Return what was agreed.

    Raises:
        BadEntry: a field cannot be what was meant.
    """
    begins_on = entered.day(_FIRST, typed.begins_on)
    ends_on = entered.day(_LAST, typed.ends_on) if typed.ends_on else None
    if ends_on is not None and ends_on < begins_on:
        raise BadEntry(
            "Ngày cuối phải từ ngày bắt đầu trở đi.",
            "Its last day has to be its first or a later one.",
        )
    return Terms(
        point_id=typed.point,
        carrier_id=typed.carrier,
        number=entered.line(_NUMBER, typed.number, most=MAX_NUMBER_CHARS),
        down_bps=_bps(_DOWN, typed.down),
        up_bps=_bps(_UP, typed.up),
        availability_ratio=_ratio(typed.promised),
        repair_minutes=_minutes(typed.repair),
        begins_on=begins_on,
        ends_on=ends_on,
    )


def typed_of(terms: Terms) -> TermsEntered:
    """Return a contract as its form shows it."""
    ratio, minutes = terms.availability_ratio, terms.repair_minutes
    return TermsEntered(
        point=terms.point_id,
        carrier=terms.carrier_id,
        number=terms.number,
        down=mbps(terms.down_bps),
        up=mbps(terms.up_bps),
        promised="" if ratio is None else _plain(round(ratio * 100, 4)),
        repair="" if minutes is None else _plain(round(minutes / 60, 2)),
        begins_on=terms.begins_on.isoformat(),
        ends_on=terms.ends_on.isoformat() if terms.ends_on else "",
    )


def mbps(rate_bps: int) -> str:
    """Return a speed as the form shows it."""
    return _plain(rate_bps / 1e6)


def word(typed: WordEntered, began_at: datetime, *, by: str, now: datetime) -> CarrierWord:
    """Return what is noted of the outage that began then.

    Raises:
        BadEntry: a time cannot be, or there is no reason where one settles whose doing it was.
    """
    told_at = _instant(typed.told, now) if typed.told else None
    restored_at = _instant(typed.restored, now) if typed.restored else None
    if told_at is not None and told_at < began_at - timedelta(days=1):
        raise BadEntry(
            "Giờ báo nhà mạng không thể trước khi mất kết nối hơn một ngày.",
            "The carrier cannot have been told more than a day before the outage began.",
        )
    if restored_at is not None and restored_at <= began_at:
        raise BadEntry(
            "Giờ nhà mạng khắc phục xong phải sau khi mất kết nối.",
            "The carrier restored it after it began.",
        )
    settled = Whose(typed.settled) if typed.settled in ("carrier", "other") else None
    return CarrierWord(
        outage_began_at=began_at,
        told_at=told_at,
        ticket=entered.line(_TICKET, typed.ticket, most=MAX_NUMBER_CHARS, least=0),
        restored_at=restored_at,
        settled=settled,
        reason=entered.line(
            _REASON, typed.reason, most=MAX_REASON_CHARS, least=1 if settled else 0
        ),
        by=by,
    )


def word_typed(kept: CarrierWord | None) -> WordEntered:
    """Return what was noted as its form shows it."""
    if kept is None:
        return WordEntered()
    return WordEntered(
        told=_local(kept.told_at),
        ticket=kept.ticket,
        restored=_local(kept.restored_at),
        settled=kept.settled.value if kept.settled else "",
        reason=kept.reason,
    )


def _bps(label: Label, typed: str) -> int:
    return round(entered.decimal(label, typed, least=0.1, most=MOST_MBPS) * 1e6)


def _ratio(typed: str) -> float | None:
    if not typed.strip():
        return None
    # 99,995 can be no thousands here.
    plain = f"{typed.strip()}0" if _THREE_DECIMALS.fullmatch(typed.strip()) else typed
    return round(entered.decimal(_PROMISED, plain, least=LEAST_PERCENT, most=100) / 100, 6)


def _minutes(typed: str) -> int | None:
    if not typed.strip():
        return None
    return max(1, round(entered.decimal(_REPAIR, typed, least=0.1, most=MOST_REPAIR_H) * 60))


def _instant(typed: str, now: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(typed)
        found = found if found.tzinfo else found.replace(tzinfo=ZONE)
        is_known = EARLIEST <= found <= now
    except (ValueError, OverflowError) as exc:
        raise BadEntry("Nhập đủ ngày và giờ.", "Enter the day and the time.") from exc
    if not is_known:
        raise BadEntry("Giờ đã nhập còn ở tương lai.", "The time entered is still to come.")
    return found


def _local(instant: datetime | None) -> str:
    return f"{instant.astimezone(ZONE):%Y-%m-%dT%H:%M}" if instant else ""


def _plain(value: float) -> str:
    """Return a number as it can be typed again: 99,5 and not the thousands of 1.000."""
    return f"{value:g}".replace(".", ",") if value < 1e6 else f"{value:.0f}"
