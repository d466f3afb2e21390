"""From what a device says to what is believed; what is not believed is told with its reason.

Unknown is None, never a number. One sentence tells a column and a reason, with the first rows
that it concerns, so that 500 ports that say the same do not hide the one that does not.
"""

import math
from collections.abc import Iterable

from monitoring.collectors.snmp.reader import Column, RawValue

MAX_U32 = 2**32 - 1
MAX_U64 = 2**64 - 1
MAX_SENTENCES = 100
ROWS_SHOWN = 4
MAX_SHOWN_CHARS = 40
LONGEST_NAME, LONGEST_TEXT = 255, 1024
# Line breaks stand in many descriptions; nothing else that moves a cursor is passed on.
_KEPT_CONTROLS = "\t\r\n"

WRONG_TYPE = "sai kiểu dữ liệu / of the wrong type"
OUT_OF_RANGE = "ngoài khoảng có thể có / outside what is possible"
NOT_FINITE = "không phải là số / not a number"
MEANS_UNKNOWN = "nghĩa là không rõ / means unknown"
DOUBLED = "đến hai lần với giá trị khác nhau / came twice with different values"
MISSING = "thiết bị không cho biết / the device does not say"
CONTROLS = "có ký tự điều khiển, đã thay / had control characters, which were replaced"
TOO_LONG = "quá dài, đã cắt / too long, was cut"


class Findings:
    """Collects what was not believed in one poll."""

    def __init__(self) -> None:
        self._doubts: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
        self._sentences: list[str] = []

    def say(self, sentence: str) -> None:
        """Note a whole sentence."""
        if sentence not in self._sentences:
            self._sentences.append(sentence)

    def doubt(self, name: str, oid: str, reason: str, *, row: str = "", came: object = "") -> None:
        """Note that a value is not believed.

        Args:
            oid: of the column, or of the scalar.
            row: the rest of the OID, where it is one of many.
        """
        self._doubts.setdefault((name, oid, reason), []).append((row, _shown(came)))

    def sentences(self) -> list[str]:
        """Return what was noted, each with the OID, what came and why it is not believed."""
        told = [*self._sentences]
        for (name, oid, reason), rows in self._doubts.items():
            told.append(f"{name} ({oid}){_rows(rows)}: {reason}")
        if len(told) > MAX_SENTENCES:
            more = len(told) - MAX_SENTENCES
            told[MAX_SENTENCES:] = [f"… và {more} điều khác / and {more} more"]
        return told

    def whole(
        self,
        raw: RawValue | None,
        name: str,
        oid: str,
        *,
        row: str = "",
        least: int = 0,
        most: int = MAX_U32,
        unknown: Iterable[int] = (),
    ) -> int | None:
        """Return a whole number within its range; None where none came, or none to believe.

        Args:
            unknown: numbers by which the device says that it does not know.
        """
        if raw is None:
            return None
        if isinstance(raw, float) and not math.isfinite(raw):
            reason = NOT_FINITE
        elif isinstance(raw, bool) or not isinstance(raw, int):
            reason = WRONG_TYPE
        elif raw in unknown:
            reason = MEANS_UNKNOWN
        elif not least <= raw <= most:
            reason = OUT_OF_RANGE
        else:
            return raw
        self.doubt(name, oid, reason, row=row, came=raw)
        return None

    def text(
        self, raw: RawValue | None, name: str, oid: str, *, row: str = "", most: int = LONGEST_NAME
    ) -> str | None:
        """Return a text that can be shown: UTF-8, else Latin-1; empty where it is empty."""
        if raw is None:
            return None
        if isinstance(raw, int | float):
            self.doubt(name, oid, WRONG_TYPE, row=row, came=raw)
            return None
        whole = as_text(raw)
        text = printable(whole)
        if text != whole:
            self.doubt(name, oid, CONTROLS, row=row, came=raw)
        if len(text) > most:
            self.doubt(name, oid, TOO_LONG, row=row, came=f"{len(text)} ký tự/characters")
        return text[:most]

    def column(self, column: Column, name: str, oid: str) -> dict[str, RawValue]:
        """Return a column's values without those that came twice and differ."""
        if column.problem:
            self.say(f"{name} ({oid}): {column.problem}")
        for row in column.doubled:
            self.doubt(name, oid, DOUBLED, row=row, came=column.values[row])
        return {row: raw for row, raw in column.values.items() if row not in column.doubled}


def as_text(raw: str | bytes) -> str:
    """Return octets as text. Fixed-length fields of some makers are filled up with NUL."""
    if isinstance(raw, str):
        return raw
    octets = raw.rstrip(b"\0")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def printable(text: str) -> str:
    """Return text with what cannot be shown replaced."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in _KEPT_CONTROLS or char == "\u00a0" else "\ufffd"
        for char in text
    )


def _shown(came: object) -> str:
    text = as_text(came) if isinstance(came, bytes) else str(came)
    return "".join(char if char.isprintable() else "\ufffd" for char in text[:MAX_SHOWN_CHARS])


def _rows(rows: list[tuple[str, str]]) -> str:
    shown = ", ".join(
        f".{row} = {came}" if row and came else f".{row}" if row else came
        for row, came in rows[:ROWS_SHOWN]
    )
    if not shown:
        return ""
    more = len(rows) - ROWS_SHOWN
    rest = f" … (+{more})" if more > 0 else ""
    return f" {shown}{rest}" if rows[0][0] else f" = {shown}{rest}"
