"""Every message has a golden payload that shows every one of its fields."""

import json
import types
import typing

import msgspec
import pytest

from contracts import codec
from contracts.desired import Desired
from contracts.message import Message
from contracts.participants import ParticipantKind
from contracts.relay import RelayEvent
from tests.contract import cases, golden


@pytest.mark.parametrize("name", golden.TYPES)
def test_a_golden_payload_is_read_and_written_again_as_it_was(name: str) -> None:
    message = codec.decode(golden.TYPES[name], golden.payload(name))
    said_now = golden.payload(golden.SAID_NOW.get(name, name))
    assert json.loads(codec.encode(message)) == json.loads(said_now)
    assert codec.decode(golden.TYPES[name], codec.encode(message)) == message


def test_every_file_has_a_type_and_every_type_a_file() -> None:
    assert {path.stem for path in golden.FOLDER.iterdir()} == set(golden.TYPES)


def _subclasses(base: type) -> set[type]:
    direct: list[type] = base.__subclasses__()
    return set(direct).union(*(_subclasses(sub) for sub in direct))


def test_every_message_has_a_golden_payload() -> None:
    messages = {sub for sub in _subclasses(Message) if sub.__module__.startswith("contracts.")} - {
        Desired
    }
    assert messages == set(golden.TYPES.values())


def _structs_in(hint: object) -> set[type[msgspec.Struct]]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        found = {hint}
        for inner in typing.get_type_hints(hint).values():
            found |= _structs_in(inner)
        return found
    if typing.get_origin(hint) in (tuple, typing.Union, types.UnionType):
        return set().union(*(_structs_in(arg) for arg in typing.get_args(hint)))
    return set()


def _set_fields(value: object) -> set[tuple[type, str]]:
    if isinstance(value, tuple):
        return set().union(*(_set_fields(item) for item in value)) if value else set()
    if not isinstance(value, msgspec.Struct):
        return set()
    found: set[tuple[type, str]] = set()
    for field in msgspec.structs.fields(value):
        inner = getattr(value, field.name)
        if field.name == "schema_version" or inner != field.default:
            found |= {(type(value), field.name)} | _set_fields(inner)
    return found


def test_every_field_is_set_in_some_golden_payload() -> None:
    wanted = {
        (struct, field.name)
        for message in golden.TYPES.values()
        for struct in _structs_in(message)
        for field in msgspec.structs.fields(struct)
    }
    shown = set().union(
        *(_set_fields(codec.decode(kind, golden.payload(name)))
          for name, kind in golden.TYPES.items())
    )  # fmt: skip
    assert {f"{struct.__name__}.{field}" for struct, field in wanted - shown} == golden.READ_ONLY


@pytest.mark.parametrize(("older", "newer"), golden.SAID_NOW.items())
def test_what_is_said_as_it_once_was_means_the_same(older: str, newer: str) -> None:
    kind = golden.TYPES[older]
    assert b"is_point" in golden.payload(older)
    assert codec.decode(kind, golden.payload(older)) == codec.decode(kind, golden.payload(newer))


def test_a_participant_may_be_a_recorder() -> None:
    said = golden.payload("relay-event-kinds").replace(b'"person"', b'"recorder"')
    assert codec.decode(RelayEvent, said).participant_kind is ParticipantKind.RECORDER


def test_the_document_on_the_screen_is_small() -> None:
    compact = codec.encode(codec.decode(golden.TYPES["live"], golden.payload("live")))
    assert len(compact) <= 300


def test_as_many_cases_are_tried_as_promised() -> None:
    assert cases.total(len(golden.TYPES)) >= 100_000
