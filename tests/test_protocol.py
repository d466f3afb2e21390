"""docs/protocol.md says of the wire what the wire says: topics, messages, every field."""

import inspect
import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from contracts import (
    centre,
    desired,
    devices,
    hand,
    played,
    recordings,
    rehearsal,
    relay,
    reports,
    seen_addresses,
    steering,
    tiles,
    tokens,
    topics,
    trunk,
    uplink,
)
from contracts.ids import MeetingId, PointId, RelayId
from contracts.message import Message
from contracts.topics import Topic
from tests.contract import golden

TEXT = (Path(__file__).parents[1] / "docs" / "protocol.md").read_text()
NAMED = set(re.findall(r"`([^`\s]+)`", TEXT))
ROW = re.compile(r"^\| `(dc/[^`]+)` \| ([01]) \| (yes|no) \|", re.MULTILINE)


def _built() -> set[tuple[str, int, bool]]:
    """Return every topic that contracts/topics.py can build, with how it is delivered."""
    names = {"point": PointId("{point}"), "relay": RelayId("{relay}")}
    found: set[Topic] = set()
    for _, builder in inspect.getmembers(topics, inspect.isfunction):
        signature = inspect.signature(builder)
        if signature.return_annotation is not Topic:
            continue
        given = {**names, "meeting": MeetingId("{meeting}")}
        values = {key: given[key] for key in signature.parameters if key in given}
        if "document" in signature.parameters:
            found |= {builder(**values, document=name) for name in get_args(topics.Document)}
        else:
            found.add(builder(**values))
    return {(topic.name, topic.qos, topic.is_retained) for topic in found}


def test_every_topic_has_its_row() -> None:
    rows = {(name, int(qos), retained == "yes") for name, qos, retained in ROW.findall(TEXT)}
    assert rows == _built()


MAPS = ("certificates", "figures", "line_bps", "loud", "names", "outer", "sealed", "sources")


def _fields(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_fields, value))
    if not isinstance(value, dict):
        return set()
    # Keys below them are points, those below `figures` in their table.
    inner = (item for key, item in value.items() if key not in MAPS)
    return set(value).union(*map(_fields, inner))


@pytest.mark.parametrize("name", sorted(golden.TYPES))
def test_every_golden_payload_is_explained_field_by_field(name: str) -> None:
    assert name in NAMED
    assert sorted(_fields(json.loads(golden.payload(name))) - NAMED) == []


def test_every_message_has_a_golden_payload() -> None:
    sent = {
        kind
        for module in (
            centre,
            desired,
            devices,
            hand,
            played,
            recordings,
            rehearsal,
            relay,
            reports,
            seen_addresses,
            steering,
            tiles,
            tokens,
            trunk,
            uplink,
        )
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Message) and kind not in (Message, desired.Desired)
    }
    assert sent == set(golden.TYPES.values())
