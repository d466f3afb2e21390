"""Vietnam's public holidays, from Tết to days that are made up for. The only door to `holidays`.

The library computes them by the lunar calendar and the labour code, and has the days that the
Government moved as far as its version knows them: what is moved later stands in the settings.
Loading it takes half a second and twenty MB, so that only who asks for a day loads it.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from monitoring.judgement.office_hours import PublicDays

_NAMES_IN = {"vi": "vi", "en": "en_US"}


@lru_cache(maxsize=256)
def of_year(year: int, language: str = "vi") -> PublicDays:
    """Return the days of a year; none where the library's lunar calendar does not reach."""
    from holidays import country_holidays  # of weight, and few ask

    # A day that is worked in place of one of the next year is told with that year.
    found: Any = country_holidays("VN", years=(year, year + 1), language=_NAMES_IN[language])
    off: Mapping[date, str] = {day: name for day, name in sorted(found.items()) if day.year == year}
    return PublicDays(off, frozenset(day for day in found.weekend_workdays if day.year == year))
