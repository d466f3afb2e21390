"""What is said of a point that is silent, and to whom."""

from datetime import UTC, datetime

from contracts.ids import PointId
from controller.health.point_now import PointNow, state_of
from controller.health.point_queries import PointHealth
from controller.health.views.attention import first_cause
from controller.health.views.causes import Cause
from controller.places.service import Point
from controller.web.i18n.catalogue import languages
from monitoring.judgement.health import Judgement, Problem, ProblemKey, Severity
from monitoring.judgement.presence import PresenceState

NOW = datetime(2026, 11, 26, 7, tzinfo=UTC)
SILENT = Judgement(
    PresenceState.DOWN, NOW, (Problem(ProblemKey.SILENT, Severity.SERIOUS, {"since": NOW}),)
)


def told(judgement: Judgement, enrolled_at: datetime | None) -> Cause | None:
    point = Point(
        point_id="p1",
        number=1,
        unit_id="u1",
        name="Xã Đà Bắc",
        owner="people_committee",
        valid_from=NOW,
        enrolled_at=enrolled_at,
    )
    standing = PointHealth(PointId("p1"), judgement)
    now = PointNow(point, state_of(point, standing), standing, ())
    return first_cause(languages()["vi"], NOW, now)


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


def test_a_point_that_never_had_a_machine_was_not_revoked() -> None:
    assert told(Judgement(PresenceState.UNKNOWN, None), None) is None
