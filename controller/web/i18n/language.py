"""One language of the pages: its words, and how it writes numbers and times.

Message ids are English; vi.po has the Vietnamese. What a catalogue lacks would show in
English, and a test keeps it from happening.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol
from babel.support import NullTranslations

from contracts.local_days import ZONE, day_of

NARROW = "\u00a0"


def N_(text: str) -> str:  # noqa: N802, RUF100 - gettext's own name, known to the extractor
    """Mark a text of a table for the catalogue; it is translated where it is used."""
    return text


@lru_cache(maxsize=4)
def _separators(code: str) -> dict[int, str]:
    """Return what stands for the comma and the point of a number in a language."""
    return str.maketrans({",": get_group_symbol(code), ".": get_decimal_symbol(code)})


@dataclass(frozen=True, slots=True)
class Language:
    """Words and formats. Times are shown in Vietnam's zone, whatever they come in."""

    code: str
    catalogue: NullTranslations

    def gettext(self, text: str, **values: object) -> str:
        """Return the text in this language, with values filled in."""
        found = self.catalogue.gettext(text)
        return found % values if values else found

    def ngettext(self, one: str, many: str, count: int, **values: object) -> str:
        """Return the text for a count, which it names as `%(n)s`."""
        found = self.catalogue.ngettext(one, many, count)
        return found % {"n": self.number(count), **values}

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with the language's separators."""
        # As Babel's format_decimal does, ten times as fast: a page of a province has thousands.
        exact = value if isinstance(value, int) and not digits else Decimal(str(value))
        return f"{exact:,.{digits}f}".translate(_separators(self.code))

    def percent(self, ratio: float | None, digits: int = 1) -> str:
        """Return a ratio as a percentage; never 100 where something is missing."""
        if ratio is None:
            return "–"
        value = round(ratio * 100, digits)
        if value >= 100 and ratio < 1:
            value = 100 - 10**-digits
        shown_digits = 0 if value in (0, 100) else digits
        return f"{self.number(value, shown_digits)}{NARROW}%"

    def milliseconds(self, value: float | None) -> str:
        """Return a duration measured in milliseconds."""
        if value is None:
            return "–"
        return f"{self.number(value, 1 if value < 10 else 0)}{NARROW}ms"

    def celsius(self, value: float) -> str:
        """Return a temperature."""
        return f"{self.number(value)}{NARROW}°C"

    def rate(self, bits_per_second: float | None) -> str:
        """Return a bit rate in the unit that keeps it short."""
        if bits_per_second is None:
            return "–"
        for size, unit in ((1e9, "Gbit/s"), (1e6, "Mbit/s"), (1e3, "kbit/s")):
            if bits_per_second >= size:
                value = bits_per_second / size
                return f"{self.number(value, 1 if value < 10 and value % 1 else 0)}{NARROW}{unit}"
        return f"{self.number(bits_per_second)}{NARROW}bit/s"

    def size(self, count_bytes: float | None) -> str:
        """Return an amount of memory or disk."""
        if count_bytes is None:
            return "–"
        for size, unit in ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB")):
            if count_bytes >= size:
                value = count_bytes / size
                return f"{self.number(value, 1 if value < 10 else 0)}{NARROW}{unit}"
        return f"{self.number(count_bytes)}{NARROW}B"

    def data(self, count_bytes: float) -> str:
        """Return an amount of data as carriers and files count it: thousands, not 1024s."""
        if count_bytes >= 1e9:
            return f"{self.number(count_bytes / 1e9, 2)}{NARROW}GB"
        if count_bytes >= 1e6:
            return f"{self.number(count_bytes / 1e6, 0 if count_bytes >= 1e7 else 1)}{NARROW}MB"
        if count_bytes >= 1e3:
            return f"{self.number(count_bytes / 1e3, 0 if count_bytes >= 1e4 else 1)}{NARROW}kB"
        return f"{self.number(count_bytes)}{NARROW}B"

    def time(self, instant: datetime) -> str:
        """Return e.g. 13:18."""
        return f"{instant.astimezone(ZONE):%H:%M}"

    def time_exact(self, instant: datetime) -> str:
        """Return e.g. 13:18:40."""
        return f"{instant.astimezone(ZONE):%H:%M:%S}"

    def date(self, instant: datetime) -> str:
        """Return e.g. 26/11/2026."""
        return f"{instant.astimezone(ZONE):%d/%m/%Y}"

    def day(self, instant: datetime) -> str:
        """Return e.g. Thứ Năm 26/11/2026."""
        return str(format_date(day_of(instant), "EEEE dd/MM/yyyy", locale=self.code))

    def day_short(self, instant: datetime) -> str:
        """Return e.g. Thứ Năm 26/11."""
        return str(format_date(day_of(instant), "EEEE dd/MM", locale=self.code))

    def moment(self, instant: datetime, now: datetime) -> str:
        """Return the time, with the date where it is not today's."""
        local = instant.astimezone(ZONE)
        if local.date() == day_of(now):
            return self.time(instant)
        return f"{local:%d/%m %H:%M}"

    def duration(self, span: timedelta) -> str:
        """Return the two largest parts of a duration, e.g. 1 giờ 26 phút."""
        total_s = max(0, int(span.total_seconds()))
        days, rest = divmod(total_s, 86400)
        hours, rest = divmod(rest, 3600)
        minutes, seconds = divmod(rest, 60)
        if days:
            return self._parts((days, self._days(days)), (hours, self._hours(hours)))
        if hours:
            return self._parts((hours, self._hours(hours)), (minutes, self._minutes(minutes)))
        if minutes >= 5 or (minutes and not seconds):
            return self._minutes(minutes)
        if minutes:
            return self._parts((minutes, self._minutes(minutes)), (seconds, self._seconds(seconds)))
        return self._seconds(seconds)

    def _parts(self, *parts: tuple[int, str]) -> str:
        return " ".join(text for count, text in parts if count)

    def _days(self, count: int) -> str:
        return self.ngettext("%(n)s day", "%(n)s days", count)

    def _hours(self, count: int) -> str:
        return self.ngettext("%(n)s h", "%(n)s h", count)

    def _minutes(self, count: int) -> str:
        return self.ngettext("%(n)s min", "%(n)s min", count)

    def _seconds(self, count: int) -> str:
        return self.ngettext("%(n)s s", "%(n)s s", count)
