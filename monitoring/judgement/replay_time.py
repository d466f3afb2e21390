"""A time in which something would have been wrong, as far as what is kept can tell. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.judgement.problem import ProblemKey

BUCKET = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that is wrong from one look to the next."""

    key: ProblemKey
    began_at: datetime
    ended_at: datetime
