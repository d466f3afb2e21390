"""The colours' contrasts, measured: text at least 4.5, marks 3, on every ground they stand on."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[4] / "web/styles/tokens.css"
COLOUR = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6});")
GROUNDS = ("canvas", "surface", "sunken")
TEXTS = ("text", "text-2", "text-3", "accent", "ok", "warn-text", "bad-text", "idle")
MARKS = ("warn", "bad", "ok", "accent", "line-strong")
SOFTS = {"ok": "ok-soft", "warn-text": "warn-soft", "bad-text": "bad-soft", "accent": "accent-soft"}


def themes() -> dict[str, dict[str, str]]:
    """Return each theme's colours; the dark one leaves nothing to the light one."""
    css = TOKENS.read_text()
    light, _, rest = css.partition("@media (prefers-color-scheme: dark)")
    return {"light": dict(COLOUR.findall(light)), "dark": dict(COLOUR.findall(rest))}


def luminance(colour: str) -> float:
    """Return the relative luminance. WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(params=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> dict[str, str]:
    return themes()[request.param]


def test_the_wall_is_dark_as_every_page_is() -> None:
    wall = dict(COLOUR.findall(TOKENS.with_name("wall.css").read_text()))
    assert len(wall) > 8
    assert wall.items() <= themes()["dark"].items()


def test_the_measure_is_the_standard_s() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_texts_are_legible(colours: dict[str, str], text: str, ground: str) -> None:
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("mark", MARKS)
def test_marks_and_outlines_are_seen(colours: dict[str, str], mark: str) -> None:
    assert contrast(colours[mark], colours["surface"]) >= 3


@pytest.mark.parametrize(("text", "soft"), SOFTS.items())
def test_soft_grounds_carry_text_and_their_own_colour(
    colours: dict[str, str], text: str, soft: str
) -> None:
    assert contrast(colours["text"], colours[soft]) >= 4.5
    assert contrast(colours[text], colours[soft]) >= 4.5


def test_a_filled_button_is_legible_at_rest_and_under_the_pointer(
    colours: dict[str, str],
) -> None:
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    assert contrast(colours["on-accent"], colours["accent-strong"]) >= 4.5


def test_both_themes_have_the_same_tokens() -> None:
    light, dark = themes()["light"], themes()["dark"]
    assert set(light) - set(dark) == {"video-ground", "on-video"}
