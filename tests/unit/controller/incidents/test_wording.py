"""What goes out is short, plain, of one line, and has its link, whatever points are called."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.incidents import wording
from controller.incidents.channel_entered import ChannelPlace
from controller.incidents.mail import message_of
from controller.incidents.parcel import Parcel
from controller.incidents.wording import Advice, Happened, Letter
from controller.web.i18n.catalogue import chosen
from monitoring.judgement.coincidence import Reach
from monitoring.judgement.incidents import BLIND, DOWN, ON_BATTERY

VI = chosen("vi")
T0 = datetime(2026, 11, 27, 7, 5, tzinfo=UTC)
LINK = "https://hop.tinh.gov.vn:8443/incidents/12"
SILENT = Advice(
    "Không nhận được tin", "chưa rõ: điểm cầu hay đường truyền",
    "Gọi điểm cầu hỏi nguồn điện và mạng; sau đó gọi nhà mạng.",
)  # fmt: skip
HOSTILE = "Xã\r\nBcc: ke@xau.vn\n<b>*Phú*</b> [a](http://xau) @everyone\u202e\x00"


def happened(**changed: object) -> Happened:
    values: dict[str, object] = {
        "key": DOWN, "reach": Reach.POINT, "unit_name": "", "names": ("Xã Phú Hộ",), "count": 1,
        "began_at": T0,
    }  # fmt: skip
    return Happened(**(values | changed))  # type: ignore[arg-type]


def alert(one: Happened, link: str = LINK) -> Letter:
    told = wording.advice(VI, one, SILENT)
    now = T0 + timedelta(minutes=1)
    return wording.alert(VI, now, one, told, link)


def test_one_point_is_told_with_all_that_is_needed() -> None:
    letter = alert(happened())
    assert letter.title == "Điểm Cầu: Mất liên lạc với Xã Phú Hộ"
    assert letter.text == (
        "Mất liên lạc với Xã Phú Hộ. Từ 14:05. Thuộc về: chưa rõ: điểm cầu hay đường truyền. "
        f"Cần làm: Gọi điểm cầu hỏi nguồn điện và mạng; sau đó gọi nhà mạng. {LINK}"
    )


def test_the_province_is_told_as_the_centre_s_with_some_names() -> None:
    names = ("Xã A", "Xã B", "Xã C")
    letter = alert(happened(reach=Reach.CENTRE, names=names, count=170))
    assert "Mất liên lạc với 170 điểm cầu cùng lúc" in letter.title
    assert "Xã A, Xã B, Xã C và 167 điểm cầu khác." in letter.text
    assert "Thuộc về: trung tâm." in letter.text


def test_a_unit_and_a_blind_centre_are_told_as_what_they_are() -> None:
    unit = happened(reach=Reach.UNIT, unit_name="Huyện X", names=("A", "B"), count=2)
    assert "2 điểm cầu của Huyện X" in alert(unit).title
    blind = happened(key=BLIND, reach=Reach.CENTRE, names=(), count=0)
    assert "không nghe được điểm cầu nào" in alert(blind).title


def test_what_is_over_says_how_long_and_who_is_left() -> None:
    one = happened(reach=Reach.CENTRE, count=20, over_at=T0 + timedelta(minutes=15), still=1)
    letter = wording.recovery(VI, T0 + timedelta(minutes=15), one, "", LINK)
    assert letter.title.startswith("Điểm Cầu: Đã hết: ")
    assert "Từ 14:05 đến 14:20, kéo dài 15 phút. Còn 1 điểm cầu chưa ổn." in letter.text


def test_why_a_point_was_out_is_said_as_far_as_it_is_known() -> None:
    cut = happened(because="Đứt đường truyền của nhà mạng?")
    assert " Từ 14:05. Đứt đường truyền của nhà mạng? Thuộc về: " in alert(cut).text
    over = happened(over_at=T0 + timedelta(minutes=15), because="Đứt đường truyền của nhà mạng")
    letter = wording.recovery(VI, T0 + timedelta(minutes=15), over, "", LINK)
    assert "kéo dài 15 phút. Đứt đường truyền của nhà mạng. https" in letter.text


def test_mains_that_are_gone_at_many_points_are_not_the_centre_s() -> None:
    at_point = Advice("Mất điện lưới: bộ lưu điện ups đang dùng ắc quy", "điểm cầu", "Gọi.")
    many = happened(key=ON_BATTERY, reach=Reach.CENTRE, count=20)
    assert wording.advice(VI, many, at_point) == at_point


def test_a_hostile_name_is_no_header_and_no_markup() -> None:
    letter = alert(happened(names=(HOSTILE,)))
    assert not set("\r\n<>*[]@\u202e\x00") & set(letter.title + letter.text.removesuffix(LINK))
    place = ChannelPlace(host="mail", port=25, security="none", sender="a@b.vn",
                         recipients=("c@d.vn",))  # fmt: skip
    # Even if it were not cleaned before.
    message = message_of(Parcel("mail", place, "", f"x\r\nBcc: ke@xau.vn {HOSTILE}", "text", "m-1"))
    assert message["Bcc"] is None
    assert message["Message-ID"] == "<m-1@b.vn>"
    assert b"\nBcc:" not in message.as_bytes()


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.text(max_size=200), min_size=1, max_size=5), st.text(max_size=200),
    st.sampled_from(Reach), st.sampled_from((DOWN, BLIND, "loss")), st.integers(1, 3321),
)  # fmt: skip
def test_whatever_the_names_it_fits_and_ends_with_the_link(
    names: list[str], unit: str, reach: Reach, key: str, count: int
) -> None:
    one = happened(key=key, reach=reach, unit_name=unit, names=tuple(names), count=count)
    for link in (LINK, f"https://{'a' * 250}:8443/incidents/2147483647"):
        letter = alert(one, link)
        assert len(letter.text) <= 400
        assert len(letter.title) <= 120
        assert letter.text.endswith(f" {link}")
        assert letter.title.isprintable()
        assert letter.text.isprintable()


@pytest.mark.parametrize("name", ["Xã Nghĩa Tâm", "Phường 1 (cũ)", "UBND xã A – cơ sở 2"])
def test_an_ordinary_name_stays_readable(name: str) -> None:
    assert wording.plain(name).split() == name.replace("(", " ").replace(")", " ").split()


def test_whose_it_is_and_what_to_do_is_said_before_who_else() -> None:
    names = tuple(f"Xã {'Rất Dài ' * 5}{n}" for n in range(3))
    one = happened(reach=Reach.UNIT, unit_name="Huyện Có Tên Dài", names=names, count=30)
    told = wording.advice(VI, one, None)
    full, tight = (
        wording.alert(VI, T0, one, told, LINK, meets_at=T0, room=room) for room in (0, 120)
    )
    assert "Xã Rất Dài" in full.text and "Xã Rất Dài" not in tight.text
    for letter in (full, tight):
        assert letter.text.endswith(f"Cần làm: {told.remedy} {LINK}")
    assert len(tight.text) <= 280


@pytest.mark.parametrize("name", ["Xã A", "Ư" * 60])
@pytest.mark.parametrize("room", [0, 91])
def test_what_people_wrote_stays_to_its_end_though_a_meeting_is_near(name: str, room: int) -> None:
    """The longest that is taken, told again shortly before a meeting, of a long name."""
    text = "{su_viec}. Từ {tu_luc}. {cuoc_hop} {cua_ai}. {can_lam} Gọi anh Bảy 0912 345 678 ngay"
    now = T0 + timedelta(minutes=1)
    most = wording.MAX_TEXT_CHARS - room - len(f" {LINK}")
    text += "!" * (most - wording.longest(VI, text, now))
    assert wording.longest(VI, text, now) == most
    one = happened(names=(name,), because="mất điện")
    letter = wording.alert(
        VI, now, one, wording.advice(VI, one, None), LINK,
        lead=wording.UNANSWERED, meets_at=now + timedelta(minutes=40), room=room, text=text,
    )  # fmt: skip
    tail = text[text.index("Gọi anh Bảy") :]
    assert letter.text.endswith(f"{tail} {LINK}")
    assert len(letter.text) <= wording.MAX_TEXT_CHARS - room
    assert "Trong 40 phút nữa điểm này họp." in letter.text and "Chưa ai nhận" in letter.text
