"""`diemcau-relay` with one of its rules replaced: `python -m … BREAK run --config FILE`.

Nothing of this is in the product: the rule is replaced in this process before it starts.
"""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta

from contracts.desired import RelayMeeting
from contracts.participants import ParticipantKind
from media.relay import cli, meeting_hours, meetings
from media.sfu import slots
from media.sfu.slots import FloorView, Viewer
from runtime.clock_trust import Doubt

LATE = timedelta(seconds=3)

Fill = Callable[[FloorView, Viewer], dict[str, str]]
_fill: Fill = slots.fill
_adopted = meeting_hours.adopted
_has_begun = meeting_hours.has_begun


def _wrong_speaker(view: FloorView, viewer: Viewer) -> dict[str, str]:
    filling = _fill(view, viewer)
    shown = filling.get(slots.SPEAKER)
    others = [p for p in view.present if p not in (shown, viewer.subject, view.floor.speaker)]
    return filling | ({slots.SPEAKER: others[0]} if shown and others else {})


def _silent_sound(view: FloorView, viewer: Viewer) -> dict[str, str]:
    filling = _fill(view, viewer)
    return {slot: who for slot, who in filling.items() if slot not in slots.SOUND_SLOTS}


def _own_echo(view: FloorView, viewer: Viewer) -> dict[str, str]:
    filling = _fill(view, viewer)
    is_speaking = viewer.kind is ParticipantKind.POINT and viewer.subject == view.floor.speaker
    return filling | ({slots.SOUND_SLOTS[2]: viewer.subject} if is_speaking else {})


def _no_floor(new: RelayMeeting, old: RelayMeeting | None) -> RelayMeeting:
    result = _adopted(new, old)
    return result if old is None else meeting_hours._with_floor(result, old.floor)


def _late_start(
    meeting: RelayMeeting, *, now: datetime, doubt: Doubt | None, had_begun: bool = False
) -> bool:
    return _has_begun(meeting, now=now - LATE, doubt=doubt, had_begun=had_begun)


def apply(breakage: str) -> None:
    """Replace the rule that the breakage names."""
    if breakage in _FILLS:
        vars(meetings)["fill"] = _FILLS[breakage]
    elif breakage == "no-floor":
        vars(meeting_hours)["adopted"] = _no_floor
    elif breakage == "late-start":
        vars(meeting_hours)["has_begun"] = _late_start


_FILLS: dict[str, Fill] = {
    "relay-wrong-speaker": _wrong_speaker,
    "silent-sound": _silent_sound,
    "own-echo": _own_echo,
}

if __name__ == "__main__":
    apply(sys.argv[1])
    raise SystemExit(cli.main(sys.argv[2:]))
