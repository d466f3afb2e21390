"""Lines of people's text: one form for what is kept, and a true word on what is refused."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import MalformedText
from contracts.text import line, plain

FILES = Path(__file__).parents[2] / "data/files"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("title-from-word.txt", "Họp giao ban tháng 11/2026 – triển khai nhiệm vụ"),
        ("title-soft-hyphen.txt", "Họp trực tuyến toàn tỉnh"),
    ],
)
def test_what_word_puts_between_letters_is_no_matter(name: str, kept: str) -> None:
    assert line((FILES / name).read_text().rstrip("\n"), most=120) == kept


def test_a_letter_typed_in_three_pieces_counts_once() -> None:
    title = (FILES / "title-nfd-90-letters.txt").read_text().strip()
    kept = line(title, most=120)
    assert (len(title) > 120, len(kept) < 100) == (True, True)
    assert kept == unicodedata.normalize("NFC", title)


@pytest.mark.parametrize(
    ("text", "char", "place"),
    [
        ("Họp\tgiao ban", "\t", 4),
        (unicodedata.normalize("NFD", "Họp") + "\x07", "\x07", 4),
        ("a\u202eb", "\u202e", 2),
        ("\ud800", "\ud800", 1),
        ("\uf0b7 Mục", "\uf0b7", 1),
        ("c?\u0300u", "?", 2),
        ("\u0300", "\u0300", 1),
    ],
)
def test_a_character_that_is_none_is_named_with_its_place(text: str, char: str, place: int) -> None:
    with pytest.raises(MalformedText) as caught:
        line(text, most=120)
    assert (caught.value.char, caught.value.place) == (char, place)
    assert f"character {place}," in str(caught.value)


def test_lengths_have_two_ends() -> None:
    assert line("ệ" * 120, most=120) == "ệ" * 120
    assert line(unicodedata.normalize("NFD", "ệ" * 120), most=120) == "ệ" * 120
    assert line(" \u00a0", most=120, least=0) == ""
    for text, found in (("ệ" * 121, 121), (" \u00a0", 0), ("a" + "\u0301" * 10_000, 10_001)):
        with pytest.raises(MalformedText) as caught:
            line(text, most=120)
        assert caught.value.found == found


@given(st.text(st.characters()))
def test_what_is_kept_stays_as_it_is(text: str) -> None:
    try:
        kept = line(text, most=40, least=0)
    except MalformedText as exc:
        assert exc.reason
    else:
        assert line(kept, most=40, least=0) == kept == plain(kept)
        assert kept.isprintable()
