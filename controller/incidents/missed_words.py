"""What is said of points that are not ready for a meeting, as an incident."""

import json
from dataclasses import dataclass
from datetime import datetime

from controller.incidents.wording import Advice
from controller.web.i18n.language import N_, Language

NOT_READY = "not_ready"
"""The key of such an incident: nothing in points' reports begins or ends it."""
FURTHER_LEAD = N_("More points: %(what)s")


@dataclass(frozen=True, slots=True)
class MissedMeeting:
    """The meeting for which points are not ready; `link`: its board."""

    meeting_id: str
    title: str
    begins_at: datetime
    link: str

    def as_evidence(self) -> str:
        """Return it as it is kept with the incident."""
        return json.dumps(
            {
                "meeting_id": self.meeting_id,
                "title": self.title,
                "begins_at": self.begins_at.isoformat(),
                "link": self.link,
            },
            ensure_ascii=False,
        )


def kept(evidence: str) -> MissedMeeting | None:
    """Return what was kept; None: it cannot be read."""
    try:
        found = json.loads(evidence)
        begins_at = datetime.fromisoformat(found["begins_at"])
        return MissedMeeting(found["meeting_id"], found["title"], begins_at, found["link"])
    except (KeyError, TypeError, ValueError):
        return None


def advice(words: Language, now: datetime, key: str, evidence: str) -> Advice | None:
    """Return what is wrong, whose it is and what to do; None: it is no such incident."""
    missed = kept(evidence) if key == NOT_READY else None
    if missed is None:
        return None
    return Advice(
        words.gettext(
            "not ready for the meeting at %(time)s", time=words.moment(missed.begins_at, now)
        ),
        words.gettext("the office"),
        words.gettext("See causes and what to do: %(link)s", link=missed.link),
    )
