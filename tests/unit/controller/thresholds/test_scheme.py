"""A scheme is edited part by part; what is set for all holds in templates that leave it."""

import msgspec
import pytest

from controller.errors import BadEntry, NotFound
from controller.thresholds import fields, scheme, service, wording
from controller.thresholds.scheme import ALL, NEW, Edit, Scheme, ThresholdTemplate
from controller.web.i18n.catalogue import chosen
from monitoring.judgement.problem import Thresholds

FILE = Thresholds(rtt_ms=170.0)
SET = Scheme({"loss_ratio": 0.04}, (ThresholdTemplate("a", "4G", {"rtt_ms": 300.0}, ("p1", "p2")),))


def test_a_template_stands_over_what_is_set_for_all_and_that_over_the_file() -> None:
    standing = scheme.standing(SET, FILE, 7)
    assert (standing.of("p1").rtt_ms, standing.of("p1").loss_ratio) == (300.0, 0.04)
    assert (standing.of("p9").rtt_ms, standing.of("p9").loss_ratio) == (170.0, 0.04)
    assert standing.revision == 7


def test_what_another_release_knew_is_left_out() -> None:
    assert scheme.standing(Scheme({"gone": 1.0}), FILE).common == FILE


def test_a_point_that_joins_one_template_leaves_the_other() -> None:
    edit = Edit(NEW, "VSAT", {"rtt_ms": 900.0}, joins=("p2", "p3"))
    made = scheme.edited(SET, edit, template_id="b")
    assert [(one.name, one.points) for one in made.templates] == [
        ("4G", ("p1",)),
        ("VSAT", ("p2", "p3")),
    ]
    assert scheme.edited(made, Edit("b", is_removed=True)).templates == made.templates[:1]
    left = scheme.edited(made, Edit("b", "VSAT", {}, joins=("p1",), leaves=("p3", "p1")))
    assert [one.points for one in left.templates] == [("p1",), ("p2",)]


def test_only_the_same_part_is_in_each_others_way() -> None:
    other = scheme.edited(SET, Edit(ALL, values={"loss_ratio": 0.05}))
    assert scheme.is_same("a", SET, other) and not scheme.is_same(ALL, SET, other)
    assert scheme.is_same(NEW, SET, other)


def test_it_is_kept_as_it_is() -> None:
    assert msgspec.json.decode(msgspec.json.encode(SET), type=Scheme) == SET


@pytest.mark.parametrize(
    ("edit", "error"),
    [
        (Edit("x", "Tên"), NotFound),
        (Edit("x", is_removed=True), NotFound),
        (Edit(NEW, ""), BadEntry),
        (Edit(NEW, "4g"), BadEntry),
        (Edit(NEW, "x" * 41), BadEntry),
        (Edit("a", "4G"), None),
    ],
)
def test_what_cannot_be_set_is_refused(edit: Edit, error: type[Exception] | None) -> None:
    if error is None:
        service.checked(edit, SET)
        return
    with pytest.raises(error):
        service.checked(edit, SET)


def test_what_is_as_it_is_anyway_is_not_set() -> None:
    typed = {"rtt_ms": "170", "loss_ratio": "2,5", "cpu_ratio": "", "jitter_ms": " 44 "}
    assert fields.entered(typed, FILE) == {"jitter_ms": 44.0}
    with pytest.raises(BadEntry, match="Round trip"):
        fields.entered({"rtt_ms": "0"}, FILE)


def test_what_differs_is_said_in_units() -> None:
    after = Scheme({}, (ThresholdTemplate("a", "4G xa", {"rtt_ms": 350.5}, ("p2", "p4", "p5")),))
    assert wording.differences(chosen("vi"), SET, after, FILE) == [
        "Mọi điểm cầu: Mất gói 4 → 2,5 %",
        "Mẫu 4G xa: tên cũ 4G; Khứ hồi 300 → 350,5 ms; thêm 2 điểm cầu; bớt 1 điểm cầu",
    ]
    assert wording.differences(chosen("vi"), SET, Scheme(SET.values), FILE) == ["Mẫu 4G: đã bỏ"]
    assert wording.differences(chosen("vi"), SET, SET, FILE) == []
