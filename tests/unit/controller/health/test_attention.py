"""What is said of a point that is silent, and to whom."""

from datetime import UTC, datetime, timedelta

from contracts.ids import PointId
from controller.health.point_now import PointNow, state_of
from controller.health.point_queries import PointHealth
from controller.health.views.attention import attention_rows, first_cause
from controller.health.views.causes import Cause
from controller.health.views.overview import overview
from controller.places.service import Point
from controller.web.i18n.catalogue import languages
from monitoring.judgement.health import Judgement
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import Problem, ProblemKey, Severity

NOW = datetime(2026, 11, 26, 7, tzinfo=UTC)
SILENT = Judgement(
    PresenceState.DOWN, NOW, (Problem(ProblemKey.SILENT, Severity.SERIOUS, {"since": NOW}),)
)


SINCE = NOW - timedelta(hours=2)
UP = Judgement(PresenceState.UP, NOW - timedelta(days=9))
MINOR = Judgement(
    PresenceState.UP,
    NOW - timedelta(days=9),
    (
        Problem(ProblemKey.HOT, Severity.MINOR, {"since": SINCE, "celsius": 93}),
        Problem(ProblemKey.CLOCK_UNKNOWN, Severity.MINOR, {"since": NOW}),
    ),
)
VI = languages()["vi"]


def now_of(point_id: str, judgement: Judgement, enrolled_at: datetime | None = NOW) -> PointNow:
    point = Point(
        point_id=point_id,
        number=1,
        unit_id="u1",
        name="Xã Đà Bắc",
        owner="people_committee",
        valid_from=NOW,
        enrolled_at=enrolled_at,
    )
    standing = PointHealth(PointId(point_id), judgement)
    return PointNow(point, state_of(point, standing), standing, ())


def told(judgement: Judgement, enrolled_at: datetime | None) -> Cause | None:
    return first_cause(VI, NOW, now_of("p1", judgement, enrolled_at))


def test_a_point_that_is_up_with_something_minor_is_listed_after_those_that_are_not() -> None:
    points = [now_of("well", UP), now_of("minor", MINOR), now_of("silent", SILENT)]
    rows = attention_rows(VI, NOW, points, {})
    assert [row.key for row in rows] == ["silent", "minor"]
    minor = rows[1]
    assert minor.badge.word == "Tốt, nên xem"
    assert "93" in minor.what
    assert minor.evidence
    assert minor.lasted == VI.duration(NOW - SINCE)


def test_the_headline_tells_what_is_wrong_before_what_is_worth_a_look() -> None:
    minor, silent = now_of("minor", MINOR), now_of("silent", SILENT)
    assert overview(VI, NOW, [], [minor, silent], []).headline == "1 điểm cầu cần chú ý"
    assert overview(VI, NOW, [], [minor], []).headline == "1 điểm cầu tốt nhưng nên xem"


def test_a_revoked_point_is_nobodys_line() -> None:
    found = told(SILENT, None)
    assert found is not None
    assert found.what == "Chứng thư đã bị thu hồi"
    assert found.whose == "trung tâm"
    assert "nhà mạng" not in found.remedy


def test_a_revoked_point_says_so_before_it_falls_silent() -> None:
    found = told(Judgement(PresenceState.UP, NOW), None)
    assert found is not None
    assert found.what == "Chứng thư đã bị thu hồi"


def test_a_silent_point_that_may_report_is_asked_about_power_and_line() -> None:
    found = told(SILENT, NOW)
    assert found is not None
    assert "nhà mạng" in found.remedy


def test_a_box_that_was_replaced_is_not_asked_about_power_but_to_be_started() -> None:
    found = told(SILENT, NOW + timedelta(minutes=1))
    assert found is not None
    assert "Máy mới ghi danh" in found.what
    assert "systemctl start diemcau-agent" in found.remedy


def test_a_point_that_never_had_a_machine_was_not_revoked() -> None:
    assert told(Judgement(PresenceState.UNKNOWN, None), None) is None
