"""The page's types are those of the structs that the server sends."""

from scripts import screen_type


def test_the_page_s_types_are_current():
    assert screen_type.TARGET.read_text() == screen_type.rendered(), (
        "behind: python -m scripts.screen_type"
    )


def test_every_kind_of_field_has_its_type():
    text = screen_type.rendered()
    for line in (
        '  kind: "idle" | "waiting" | "meeting" | "distrust";',
        "  meeting: MeetingLines | null;",
        "  microphone: Microphone;",
        "  filled: string[];",
        "  floor_since: string | null;",
    ):
        assert line in text.splitlines()
