"""What the stream says of itself."""

import re
from pathlib import Path

import controller
from controller.web.api_events import stream

TOLD = re.compile(r'publish(?:\(|,)\s*"([a-z_]+)"')


def test_the_stream_names_every_kind_of_event_that_is_published() -> None:
    [root] = controller.__path__
    told = {
        kind for file in Path(root).rglob("*.py") for kind in TOLD.findall(file.read_text("utf-8"))
    }
    assert {"heard", "meeting", "point", "floor"} <= told
    named = set(re.findall(r"`([a-z_]+)`", stream.__doc__ or ""))
    assert told - named == set()
