"""The minutes of a meeting as a paper: what is put into them.

A paper is in Vietnamese, whoever draws it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.local_days import ZONE
from controller.meetings.after.kept import KeptParticipant, KeptRecord
from controller.meetings.agenda import MAX_ITEMS
from controller.meetings.minutes.minutes_text import MinutesText, paragraphs
from controller.meetings.rollcall.rules import RollMark, RollState
from controller.meetings.views import after, kept_plan, roll_call
from controller.meetings.views.invitation import day, hour
from controller.meetings.views.minutes_form import FORM, PLACEHOLDERS
from controller.papers.paper import Paper
from controller.papers.placeholders import Filling
from controller.web.i18n.catalogue import chosen

_MOST_ROWS, _LONGEST = 300, "W" * 120
NONE = "Không có."


@dataclass(frozen=True, slots=True)
class TaskSaid:
    """One thing that was decided to be done, as the paper says it."""

    text: str
    owner: str
    deadline: str


@dataclass(frozen=True, slots=True)
class MinutesFacts:
    """What minutes say. `base`: what an invitation to the meeting says of it."""

    base: Filling
    text: MinutesText
    record: KeptRecord | None
    marks: Mapping[str, RollMark]
    began_at: datetime
    ended_at: datetime
    tasks: Sequence[TaskSaid] = ()


_OF_MEETING = (
    "tieu_de",
    "so_van_ban",
    "co_quan",
    "co_quan_cap_tren",
    "quoc_hieu",
    "tieu_ngu",
    "dia_danh",
    "loai_hop",
    "cap_hop",
    "hinh_thuc",
    "dia_diem",
    "chu_toa",
    "thu_ky",
    "diem_cau_chinh",
    "so_diem_cau",
)


def filling(facts: MinutesFacts, now: datetime) -> Filling:
    """Return what is put into the minutes of a meeting."""
    record = facts.record
    shown = [one for one in record.participants if one.is_invited] if record else []
    called = [mark for mark in facts.marks.values() if mark.state is not RollState.UNCALLED]
    there = sum(mark.state.is_there for mark in called) if called else record.came if record else 0
    heads = sum(mark.heads or 0 for mark in called if mark.state.is_there)
    cuts = sum(len(one.cuts) for one in shown)
    fields = {
        **{name: facts.base.fields.get(name, "") for name in _OF_MEETING},
        "so_bien_ban": facts.text.number,
        "ngay_lap": day(now),
        "bat_dau": _moment(facts.began_at),
        "ket_thuc": _moment(facts.ended_at),
        "so_diem_cau": str(len(shown)) if shown else facts.base.fields.get("so_diem_cau", ""),
        "so_co_mat": str(there),
        "so_nguoi": str(heads) if heads else "",
        "so_gian_doan": str(cuts) if cuts else "",
        "so_chay_thu": str(len(record.rehearsed)) if record and record.rehearsed else "",
        "so_san_sang": str(kept_plan.ready(record)) if record and record.rehearsed else "",
    }
    return Filling(
        fields,
        {
            "noi_dung": [{"doan": one} for one in paragraphs(facts.text.content)],
            "ket_luan": [{"doan": one} for one in paragraphs(facts.text.conclusions)],
            "viec": _tasks(facts.tasks),
            "muc": _agenda(facts),
            "chay_thu": _rehearsals(record),
            "vang": _absent(shown, facts.marks),
            "tham_du": [
                _attended(one, number, facts.marks.get(one.subject))
                for number, one in enumerate(shown, start=1)
            ]
            or [{"ten": NONE}],
            "phat_bieu": _speeches(record),
            "gian_doan": _interruptions(shown),
        },
    )


def _tasks(tasks: Sequence[TaskSaid]) -> list[dict[str, str]]:
    return [
        {"stt": str(number), "viec": one.text, "nguoi": one.owner, "han": one.deadline}
        for number, one in enumerate(tasks, start=1)
    ] or [{"viec": NONE}]


def _agenda(facts: MinutesFacts) -> list[dict[str, str]]:
    """Return the agenda as it was held; before that is known, as the invitation has it."""
    words = chosen("vi")
    return (
        [
            {
                "stt": one.number,
                "gio": one.planned,
                "thuc_te": one.held,
                "noi_dung": one.title,
                "nguoi": one.speaker,
            }
            for one in kept_plan.agenda(words, facts.record)
        ]
        or [dict(one) for one in facts.base.lists.get("muc", ())]
        or [{"noi_dung": NONE}]
    )


def _rehearsals(record: KeptRecord | None) -> list[dict[str, str]]:
    words = chosen("vi")
    return [
        {
            "ten": one.name,
            "ket_qua": kept_plan.badge(words, said).word,
            "nguyen_nhan": kept_plan.cause(words, said),
            "luc": f"{_clock(said.judged_at)} {said.judged_at.astimezone(ZONE):%d/%m}",
        }
        for one, said in (kept_plan.not_ready(record) if record else [])[:_MOST_ROWS]
    ] or [{"ten": NONE}]


def _absent(
    shown: Sequence[KeptParticipant], marks: Mapping[str, RollMark]
) -> list[dict[str, str]]:
    return [
        {"ten": one.name, "ly_do": mark.detail}
        for one in shown
        if (mark := marks.get(one.subject)) is not None and mark.state is RollState.ABSENT
    ] or [{"ten": NONE}]


def _attended(one: KeptParticipant, number: int, mark: RollMark | None) -> dict[str, str]:
    words = chosen("vi")
    said = roll_call.state_name(words, mark.state) if mark else ""
    if mark is not None and mark.detail:
        said = f"{said}: {mark.detail}"
    return {
        "stt": str(number),
        "ten": one.name,
        "don_vi": one.unit,
        "diem_danh": said,
        "chay_thu": kept_plan.badge(words, one.rehearsal).word if one.rehearsal else "",
        "vao": _clock(one.came_at),
        "ra": _clock(one.left_at),
    }


def _speeches(record: KeptRecord | None) -> list[dict[str, str]]:
    words = chosen("vi")
    return [
        {
            "stt": str(number),
            "ten": one.name,
            "luc": _clock(one.began_at),
            "dai": words.duration(one.length),
        }
        for number, one in enumerate(record.speeches[:_MOST_ROWS] if record else (), start=1)
    ] or [{"ten": NONE}]


def _interruptions(shown: Sequence[KeptParticipant]) -> list[dict[str, str]]:
    words = chosen("vi")
    cuts = [(one, gap) for one in shown for gap in one.cuts]
    cuts.sort(key=lambda pair: pair[1].length, reverse=True)
    return [
        {
            "ten": one.name,
            "luc": f"{_clock(gap.began_at)}–{_clock(gap.ended_at)}",
            "dai": words.duration(gap.length),
            "nguyen_nhan": after.cause(words, gap),
        }
        for one, gap in cuts[:_MOST_ROWS]
    ] or [{"ten": NONE}]


def _clock(at: datetime | None) -> str:
    return f"{at.astimezone(ZONE):%H:%M}" if at else ""


def _moment(at: datetime) -> str:
    return f"{hour(at)}, {day(at)}"


def _fullest() -> Filling:
    lists: dict[str, list[dict[str, str]]] = {}
    for one in PLACEHOLDERS:
        name, dot, column = one.name.partition(".")
        if not dot:
            continue
        is_text = column in ("doan", "noi_dung")
        most = MAX_ITEMS if name == "muc" else _MOST_ROWS
        rows = lists.setdefault(name, [{} for _ in range(most)])
        for row in rows:
            row[column] = _LONGEST if is_text or column in ("ten", "viec") else "W" * 30
    fields = {one.name: _LONGEST for one in PLACEHOLDERS if "." not in one.name}
    return Filling(fields, lists)


MINUTES = Paper("minutes", "bien-ban", PLACEHOLDERS, FORM, _fullest())
