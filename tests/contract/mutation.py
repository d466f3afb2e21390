"""Spoils payloads the way lines, disks, old versions and ill will do. Seeded, repeatable."""

import random
from collections.abc import Callable, Iterator

Mutation = Callable[[random.Random, bytearray], bytearray]

TELLING = (
    b"0", b"-1", b"1e400", b"1.5", b"9223372036854775808", b"null", b"true", b"NaN", b'""',
    b'"\\u0000"', b'"\\ud800"', b"[]", b"{}", b'{"kind":"health"}', b"[" * 600, b'"' + b"x" * 500,
    b'"0001-01-01T00:00:00+23:59"', b'"9999-12-31T23:59:59-12:00"', b'"2026-11-24T01:00:00"',
    b'"a\\n"', b"\xff\xfe", b"\xed\xa0\x80", b'"schema_version":2,', b'"schema_version":"1",',
)  # fmt: skip


def _flip_bit(seed: random.Random, data: bytearray) -> bytearray:
    data[seed.randrange(len(data))] ^= 1 << seed.randrange(8)
    return data


def _replace_byte(seed: random.Random, data: bytearray) -> bytearray:
    data[seed.randrange(len(data))] = seed.randrange(256)
    return data


def _cut(seed: random.Random, data: bytearray) -> bytearray:
    return data[: seed.randrange(len(data))]


def _leave_out(seed: random.Random, data: bytearray) -> bytearray:
    begin = seed.randrange(len(data))
    del data[begin : begin + seed.randint(1, 40)]
    return data


def _repeat(seed: random.Random, data: bytearray) -> bytearray:
    begin = seed.randrange(len(data))
    data[begin:begin] = data[begin : begin + seed.randint(1, 60)] * seed.randint(1, 4)
    return data


def _put_in(seed: random.Random, data: bytearray) -> bytearray:
    at = seed.randrange(len(data))
    data[at:at] = seed.choice(TELLING)
    return data


def _change_value(seed: random.Random, data: bytearray) -> bytearray:
    colons = [at for at, byte in enumerate(data) if byte == ord(":")]
    if not colons:
        return data
    begin = seed.choice(colons) + 1
    ends = [at for at in (data.find(b",", begin), data.find(b"}", begin)) if at >= 0]
    data[begin : min(ends, default=len(data))] = seed.choice(TELLING)
    return data


def _change_key(seed: random.Random, data: bytearray) -> bytearray:
    quotes = [at for at, byte in enumerate(data) if byte == ord('"')]
    if quotes:
        data[seed.choice(quotes)] = seed.choice(b"x\"'\\ ")
    return data


MUTATIONS: tuple[Mutation, ...] = (
    _flip_bit, _replace_byte, _cut, _leave_out, _repeat, _put_in, _change_value, _change_value,
    _change_key,
)  # fmt: skip


def mutated(payload: bytes, *, cases: int, seed: int) -> Iterator[bytes]:
    """Yield spoilt copies of a payload, each spoilt one to four times."""
    chance = random.Random(seed)
    for _ in range(cases):
        data = bytearray(payload)
        for _ in range(chance.randint(1, 4)):
            data = chance.choice(MUTATIONS)(chance, data) or bytearray(b" ")
        yield bytes(data)
