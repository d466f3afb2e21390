"""A template brings its own points, then those of its groups; those of a type come first."""

from contracts.ids import PointId
from controller.meetings.agenda import AgendaItem
from controller.meetings.agenda_entered import AgendaTyped
from controller.meetings.kinds import MeetingKind
from controller.meetings.prepared.points import ReadyPoints, SavedGroup
from controller.meetings.prepared.template import SavedTemplate, of_kind_first, points_of
from controller.meetings.views.booking_form import Entered
from controller.meetings.views.template_form import filled

A, B, C = (PointId(one) for one in "abc")
GROUP = SavedGroup("g1", "Vùng cao", (B, C), C)


def template(name: str, **changed: object) -> SavedTemplate:
    fields = {"title": f"Họp {name}", "point_ids": (A,), "group_ids": ("g1", "gone")}
    return SavedTemplate(name, name, **{**fields, **changed})  # type: ignore[arg-type]


def test_its_own_points_come_before_those_of_its_groups() -> None:
    every = {"g1": GROUP}
    assert points_of(template("t"), every, {A, B, C}) == ReadyPoints((A, B, C), (), C)
    chaired = template("t", chair_point_id=A)
    assert points_of(chaired, every, {A, C}) == ReadyPoints((A, C), (B,), A)


def test_those_of_a_type_come_first_and_the_others_keep_their_order() -> None:
    listed = [template("b"), template("c", kind=MeetingKind.TRAINING), template("a")]
    found = of_kind_first(listed, MeetingKind.TRAINING)
    assert [one.name for one in found] == ["c", "b", "a"]
    assert of_kind_first(listed, None) == listed


def test_what_was_typed_stays_and_what_another_template_brought_does_not() -> None:
    one, other = template("một", secretary="Lan"), template("hai", kind=MeetingKind.TRAINING)
    typed = Entered(title="Tự gõ", date="2026-11-30", document_number="7/GM", participants=("x",))
    points = points_of(one, {}, {A})
    form = filled(typed, one, points, (one, other), recorded_owners=())
    assert (form.title, form.document_number, form.secretary) == ("Tự gõ", "7/GM", "Lan")
    assert (form.date, form.chair_point_id, form.participants) == ("2026-11-30", A, (A,))
    brought = filled(Entered(title="Họp một"), other, points, (one, other), recorded_owners=())
    assert (brought.title, brought.kind) == ("Họp hai", "training")
    recorded = filled(typed, one, points, (one,), recorded_owners=("people_committee",))
    assert recorded.is_recorded


def test_an_agenda_that_was_typed_stays_and_that_of_another_template_does_not() -> None:
    opening, report = AgendaItem("Khai mạc", 5), AgendaItem("Báo cáo", 20, "Xã B")
    one, other = template("một", agenda=(opening,)), template("hai", agenda=(report,))
    points = points_of(one, {}, {A})
    mine = (AgendaTyped("Mục khác", "10", ""),)
    kept = filled(Entered(agenda=mine), one, points, (one, other), recorded_owners=())
    assert kept.agenda == mine
    brought = filled(Entered(), one, points, (one, other), recorded_owners=())
    assert brought.agenda == (AgendaTyped("Khai mạc", "5", ""),)
    again = filled(brought, other, points, (one, other), recorded_owners=())
    assert again.agenda == (AgendaTyped("Báo cáo", "20", "Xã B"),)
