"""One device's messages of v2c and v3: what net-snmp sends, replayed, bent and cut."""

import gc
import random
import time
import traceback
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.collectors.snmp.target import Community, UserKeys
from monitoring.errors import LibraryFailed
from monitoring.listeners.traps import receiver
from monitoring.listeners.traps.receiver import Came, Confirm, TrapReceiver
from monitoring.listeners.traps.trap import Trap
from tests.fakes.traps import (
    AUTH,
    IS_THERE,
    LINK_DOWN,
    PORT_9,
    PRIV,
    USER,
    V2C,
    V3,
    WORD,
    captured,
)

pytestmark = pytest.mark.skipif(not IS_THERE, reason="no snmptrap here")
OWN = b"\x80\x00\x4f\xb8\x05diemcau-test"
KEYS = UserKeys(USER, AUTH, PRIV)
LETTERS = "cộng-tác-bí-mật"


@dataclass
class Heard:
    """A receiver with a clock of the test's."""

    credentials: Community | UserKeys = KEYS
    now_s: float = 1_000_000.0
    took: list[Trap] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    refusals: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.receiver = TrapReceiver(self.credentials, OWN, 1, now_s=lambda: self.now_s)
        self.receiver.took = self.take

    def take(self, trap: Trap, confirm: Confirm | None) -> None:
        self.took.append(trap)
        if confirm is not None:
            confirm()

    def receive(self, message: bytes) -> Came:
        return self.receiver.receive(message, self.answers.append, self.refusals.append)


def engine_time_s(message: bytes) -> int:
    """Return what time a message of v3 says our engine has."""
    _, _, rest = message.partition(OWN)
    boots = 2 + rest[1]
    return int.from_bytes(rest[boots + 2 : boots + 2 + rest[boots + 1]], "big")


def engine(number: int) -> tuple[str, ...]:
    """Return the arguments by which snmptrap is another device's engine."""
    return ("-e", f"0x80001f888000000000000000{number:02x}")


@pytest.fixture(scope="module")
def v2c() -> bytes:
    return captured(V2C, LINK_DOWN, *PORT_9)


@pytest.fixture(scope="module")
def v3() -> bytes:
    return captured((*V3, *engine(1)), LINK_DOWN, *PORT_9)


def test_a_message_of_v3_counts_while_it_is_of_now(v3: bytes) -> None:
    heard = Heard()
    assert heard.receive(v3) is Came.TRAP
    heard.now_s += receiver.TIME_WINDOW_S
    assert heard.receive(v3) is Came.TRAP
    heard.now_s += receiver.TIME_WINDOW_S + 1
    assert heard.receive(v3) is Came.REFUSED
    assert len(heard.took) == 2


@pytest.mark.parametrize("step_s", [-3600, 3600])
def test_a_wall_clock_that_is_set_silences_nobody(
    v3: bytes, step_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall_s = [time.time()]
    monkeypatch.setattr(time, "time", lambda: wall_s[0])
    whole, took = TrapReceiver(KEYS, OWN, 1), list[Trap]()
    whole.took = lambda trap, _: took.append(trap)
    question, answers = captured(V3, LINK_DOWN, command="snmpinform"), list[bytes]()
    for _ in range(2):
        assert whole.receive(v3, answers.append, answers.append) is Came.TRAP
        assert whole.receive(question, answers.append, answers.append) is Came.QUESTION
        wall_s[0] += step_s
    assert len(took) == 2
    before, after = (engine_time_s(one) for one in answers)
    assert 0 <= after - before <= 60
    assert whole._now_s is time.monotonic


def test_receivers_of_one_engine_tell_senders_one_time() -> None:
    question, first = captured(V3, LINK_DOWN, command="snmpinform"), Heard()
    first.now_s += 3600
    anew = Heard(now_s=first.now_s)
    assert first.receive(question) is anew.receive(question) is Came.QUESTION
    assert engine_time_s(first.answers[0]) == engine_time_s(anew.answers[0]) == first.now_s


def test_no_bit_of_a_message_of_v3_may_be_another(v3: bytes) -> None:
    heard, chance = Heard(), random.Random(1)
    for _ in range(200):
        place = chance.randrange(len(v3))
        bent = bytearray(v3)
        bent[place] ^= 1 << chance.randrange(8)
        assert heard.receive(bytes(bent)) is not Came.TRAP, place
    assert heard.receive(v3) is Came.TRAP


def test_a_device_whose_engine_changes_is_heard_and_little_is_kept() -> None:
    heard = Heard()
    messages = [captured((*V3, *engine(n)), LINK_DOWN) for n in range(receiver.MOST_ENGINES + 2)]
    assert [heard.receive(one) for one in (*messages, messages[0])] == [Came.TRAP] * 7
    assert len(heard.receiver._times) == receiver.MOST_ENGINES


def test_the_word_of_one_version_is_nothing_to_the_other(v2c: bytes, v3: bytes) -> None:
    assert Heard().receive(v2c) is Came.REFUSED
    assert Heard(Community(WORD)).receive(v3) is Came.REFUSED
    assert Heard(Community(WORD)).receive(v2c) is Came.TRAP
    assert Heard(Community("sai")).receive(v2c) is Came.REFUSED


def test_an_inform_is_answered_with_its_own_request_id() -> None:
    heard = Heard(Community(WORD))
    inform = captured(V2C, LINK_DOWN, *PORT_9, command="snmpinform")
    assert heard.receive(inform) is heard.receive(inform) is Came.TRAP
    [first, again] = heard.took
    assert first.key == again.key
    number = first.request_id.to_bytes(4, "big")
    assert len(heard.answers) == 2 and all(number.lstrip(b"\0") in one for one in heard.answers)


def test_secrets_of_any_letters_are_heard() -> None:
    assert Heard(Community(LETTERS)).receive(captured(("-v2c", "-c", LETTERS), LINK_DOWN)) is (
        Came.TRAP
    )
    proof = (*V3[:8], LETTERS, *V3[9:-1], LETTERS[::-1], *engine(1))
    keys = UserKeys(USER, LETTERS, LETTERS[::-1])
    assert Heard(keys).receive(captured(proof, LINK_DOWN)) is Came.TRAP


@pytest.mark.parametrize(
    "credentials",
    [
        Community(f"{WORD}\udcff"),
        UserKeys(USER, f"{WORD}\udcff", PRIV),
        UserKeys("x" * 40, WORD, PRIV),
    ],
    ids=["word", "key", "user"],
)
def test_no_secret_is_in_what_the_library_raises(credentials: Community | UserKeys) -> None:
    with pytest.raises(LibraryFailed) as raised:
        TrapReceiver(credentials, OWN, 1)
    assert WORD not in "".join(traceback.format_exception(raised.value))


def test_an_inform_that_speaks_of_a_refusal_is_confirmed_as_any() -> None:
    heard = Heard(Community(WORD))
    speaks = ("1.3.6.1.6.3.15.1.1.3.0", "c", "7")
    assert heard.receive(captured(V2C, LINK_DOWN, *speaks, command="snmpinform")) is Came.TRAP
    assert (len(heard.answers), heard.refusals) == (1, [])


def test_nothing_stays_of_messages_that_are_over(v3: bytes) -> None:
    """The library keeps the time of each message of v3 for a while, by its own count of ticks."""

    def objects_after(messages: int, heard: Heard) -> int:
        for _ in range(messages):
            heard.receive(v3)
        for _ in range(400):
            heard.now_s += receiver.TICK_S
            heard.receiver.tick()
        heard.took.clear()
        gc.collect()
        return len(gc.get_objects())

    heard = Heard()
    before = objects_after(50, heard)
    assert objects_after(300, heard) - before < 100


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_bytes_end_in_a_word(v2c: bytes, v3: bytes, data: st.DataObject) -> None:
    heard = data.draw(st.sampled_from(BOTH))
    whole = data.draw(st.sampled_from((v2c, v3)))
    cut = data.draw(st.integers(0, len(whole)))
    middle = data.draw(st.binary(max_size=40))
    message = data.draw(
        st.sampled_from((middle, whole[:cut], whole[:cut] + middle + whole[cut + len(middle) :]))
    )
    assert heard.receive(message) in Came


BOTH = (Heard(), Heard(Community(WORD))) if IS_THERE else ()
