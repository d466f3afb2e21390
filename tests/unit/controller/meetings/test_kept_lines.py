"""What a meeting's lines were like: minutes in, counts, causes and stretches out."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.ingest.line_minute import BriefMinute, LineMinute
from controller.meetings.kept_lines import MINUTE, all_reasons_of, kept_lines, reasons_of
from controller.meetings.line_verdicts import Degree, LineFault
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting
from controller.meetings.views import kept_lines as views
from controller.web.i18n.catalogue import languages

T0 = datetime(2026, 11, 24, 1, 31, tzinfo=UTC)
FINE = {"up_samples": 12, "up_loss_sum": 0.012, "up_loss_max": 0.002, "up_mos_min": 4.3,
        "down_samples": 12, "down_loss_sum": 0.0, "down_loss_max": 0.0, "down_mos_min": 4.4,
        "rung_min": 4, "rtt_max_ms": 30.0, "moves": 2}  # fmt: skip


def minute(**figures) -> LineMinute:
    return LineMinute(**FINE | figures)


def minutes(*ones: LineMinute | None) -> dict[datetime, LineMinute]:
    return {T0 + at * MINUTE: one for at, one in enumerate(ones) if one is not None}


@pytest.mark.parametrize(
    ("figures", "causes"),
    [
        ({}, []),
        ({"up_loss_max": 0.05}, [LineFault.LOSS_UP]),
        ({"down_loss_max": 0.03, "rung_min": 2}, [LineFault.LOSS_DOWN, LineFault.SMALL_DOWN]),
        ({"rung_min": 1}, [LineFault.NO_PICTURES_DOWN]),
        ({"frozen_ratio_max": 0.3}, [LineFault.FROZEN_UP]),
        ({"stalled_ratio_max": 0.1}, [LineFault.STALLED]),
        ({"up_mos_min": 3.0, "down_mos_min": 3.5}, [LineFault.VOICE_UP, LineFault.VOICE_DOWN]),
        ({"rtt_max_ms": 900.0}, [LineFault.FAR]),
        (
            {"concealed_max": 0.06, "stage_frozen_max": 0.02, "speaker_frozen_max": 0.1},
            [LineFault.CONCEALED, LineFault.FROZEN_DOWN],
        ),
        ({"silent_samples": 3}, [LineFault.SILENT]),
        (
            {"shed_samples": 2, "shed_rung_min": 1, "rung_min": 2},
            [LineFault.RELAY_BUSY, LineFault.SMALL_DOWN],
        ),
    ],
)
def test_a_minute_is_judged_as_the_running_meetings_page_judges(figures, causes):
    assert [one.cause for one in reasons_of(minute(**figures))] == causes


ratios = st.none() | st.sampled_from((0.0, 0.0199, 0.02, 0.0499, 0.05, 0.2, 1.0))
scores = st.none() | st.sampled_from((1.0, 3.0999, 3.1, 3.5999, 3.6, 4.4))
rungs = st.none() | st.integers(0, 4)
figures = {
    **dict.fromkeys(
        ("up_loss_max", "down_loss_max", "concealed_max", "stalled_ratio_max", "frozen_ratio_max",
         "stage_frozen_max", "speaker_frozen_max"), ratios),
    **dict.fromkeys(("up_mos_min", "down_mos_min"), scores),
    **dict.fromkeys(("rung_min", "shed_rung_min"), rungs),
    **dict.fromkeys(("silent_samples", "shed_samples"), st.integers(0, 1)),
    "rtt_max_ms": st.none() | st.sampled_from((0.0, 399.9, 400.0, 800.0)),
}  # fmt: skip


@given(st.fixed_dictionaries({}, optional=figures))
def test_a_minute_that_is_well_is_known_at_once_as_the_long_rule_would_have_it(found):
    one = LineMinute(**found)
    brief = BriefMinute(*(getattr(one, name) for name in BriefMinute._fields))
    assert reasons_of(one) == all_reasons_of(one) == reasons_of(brief)


def test_a_point_has_its_bad_minutes_its_worst_and_its_stretches():
    kept = kept_lines(
        {
            "fine": minutes(minute(), minute(), minute(), minute()),
            "ill": minutes(
                minute(), minute(up_loss_max=0.06), minute(up_loss_max=0.12, rung_min=0), None
            ),
            "late": minutes(None, None, minute(down_loss_max=0.02, down_loss_sum=0.12)),
        }
    )
    assert kept is not None and (kept.begins_at, kept.minutes) == (T0, 4)
    ill, late, fine = kept.lines
    assert (ill.subject, ill.minutes, ill.bad, ill.fair) == ("ill", 3, 2, 0)
    assert ill.worst_at == T0 + 2 * MINUTE
    assert [(one.worst.cause, one.worst.value, one.minutes) for one in ill.causes] == [
        (LineFault.LOSS_UP, 0.12, 2),
        (LineFault.NO_PICTURES_DOWN, 0.0, 1),
    ]
    assert [(one.first, one.minutes, one.degree) for one in ill.stretches] == [
        (0, 1, Degree.GOOD), (1, 2, Degree.BAD), (3, 1, None),
    ]  # fmt: skip
    assert (late.fair, late.down_loss_ratio) == (1, pytest.approx(0.01))
    assert [one.degree for one in late.stretches] == [None, Degree.FAIR, None]
    assert (fine.bad, fine.fair, fine.worst_at, fine.causes) == (0, 0, None, ())
    assert fine.moves == 8
    assert fine.up_loss_ratio == pytest.approx(0.001)


def test_the_worst_of_a_score_is_the_lowest():
    kept = kept_lines({"a": minutes(minute(up_mos_min=3.0), minute(up_mos_min=2.1))})
    assert kept is not None
    (cause,) = kept.lines[0].causes
    assert (cause.worst.value, cause.minutes, kept.lines[0].mos_min) == (2.1, 2, 2.1)


def test_nothing_kept_is_nothing():
    assert kept_lines({}) is None


def meeting(phase: MeetingPhase) -> Meeting:
    return Meeting(
        meeting_id="m1",
        title="Giao ban",
        state=phase.value,
        begins_at=T0,
        ends_at=T0 + timedelta(hours=1),
        chair_point_id="a",
        relay_id="relay-1",
        created_by="office",
        created_at=T0,
    )


def test_the_page_says_who_had_it_bad_when_and_why():
    words = languages()["vi"]
    points = {
        "a": minutes(minute(), minute(up_loss_max=0.12)),
        "b": minutes(minute(), minute()),
    }
    shown = views.view(words, meeting(MeetingPhase.ENDED), {"a": "Xã A", "b": "Xã B"}, points)
    (row,) = shown.troubled
    assert (row.name, row.badge.word) == ("Xã A", "1 phút kém")
    assert row.worst == "kém nhất lúc 08:32: đường lên: mất 12,0\xa0%"
    assert row.causes == ("đường lên: mất 12,0\xa0% (1 phút)",)
    assert [(one.x, one.width, one.key, one.height) for one in row.strip] == [
        (0, 1, "good", 2), (1, 1, "bad", 8),
    ]  # fmt: skip
    assert row.strip[1].title == "08:32–08:33: đường lên: mất 12,0\xa0%"
    assert [one.name for one in shown.others] == ["Xã B"]
    assert (shown.summary, shown.empty) == ("1 trên 2 có phút kém", "")


def test_whatever_a_strip_shows_its_legend_explains():
    points = {
        "a": minutes(LineMinute(), minute(), minute(up_loss_max=0.03), None, minute(up_mos_min=1)),
    }
    words = languages()["vi"]
    shown = views.view(words, meeting(MeetingPhase.ENDED), {"a": "Xã A"}, points)
    drawn = {(one.key, one.height) for row in shown.troubled for one in row.strip}
    explained = {(key, height) for key, height, _ in shown.legend}
    assert drawn == explained


def test_who_had_it_alike_stands_by_name():
    points = {subject: minutes(minute()) for subject in ("p1", "p10", "p2")}
    names = {"p1": "Xã Ơ", "p10": "Xã Đ", "p2": "Xã E"}
    shown = views.view(languages()["vi"], meeting(MeetingPhase.ENDED), names, points)
    assert [row.name for row in shown.others] == ["Xã Đ", "Xã E", "Xã Ơ"]


def test_the_page_says_how_little_came_and_how_long_nobody_was_to_be_seen():
    words = languages()["vi"]
    poor = minute(down_bps_min=210_000, stage_gap_max_ms=1900.0, speaker_empty_ms=61_000)
    fine = minute(down_bps_min=1_500_000, stage_gap_max_ms=120.0, stage_empty_ms=300)
    points = {"a": minutes(fine, poor), "b": minutes(fine)}
    shown = views.view(words, meeting(MeetingPhase.ENDED), {"a": "Xã A", "b": "Xã B"}, points)
    a, b = (row.figures for row in shown.others)
    told = "lúc thấp nhất nhận 210\xa0kbit/s · hình gián đoạn lâu nhất 1,9 giây · thiếu hình 1 phút"
    assert told in a
    assert "lúc thấp nhất nhận 1,5" in b and "gián đoạn" not in b and "thiếu hình" not in b


@pytest.mark.parametrize("phase", list(MeetingPhase))
def test_where_nothing_is_kept_the_page_says_why(phase):
    words = languages()["en"]
    shown = views.view(words, meeting(phase), {}, {})
    assert shown.empty.startswith("Nothing is kept" if phase.is_final else "The first minute")
    assert (shown.troubled, shown.others, shown.summary) == ((), (), "")


def test_the_file_has_every_minute_with_its_verdict():
    text = views.as_csv({"a": minutes(minute(), None, minute(up_loss_max=0.12))})
    first, second = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert (first["subject"], first["begins_at"]) == ("a", "2026-11-24T08:31+07:00")
    assert (first["degree"], first["causes"], first["up_jitter_max_ms"]) == ("good", "", "")
    assert (second["degree"], second["causes"]) == ("bad", "loss_up")
    assert second["up_loss_max"] == "0.12"
