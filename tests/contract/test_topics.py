"""Every topic that is built is parsed to what it was built from; every other is refused."""

import random
import string

import pytest

from contracts import topics
from contracts.errors import MalformedTopic
from contracts.ids import MeetingId, PointId, RelayId
from contracts.topics import PointTopic, RelayTopic
from tests.contract import cases

POINT, RELAY, MEETING = PointId("xa-mau-a"), RelayId("relay-1"), MeetingId("m-2026-0117")

BUILT = [
    (topics.report(POINT), PointTopic(POINT, "report")),
    (topics.beat(POINT), PointTopic(POINT, "beat")),
    (topics.point_status(POINT), PointTopic(POINT, "status")),
    (topics.applied(POINT), PointTopic(POINT, "applied")),
    (topics.desired(POINT, "schedule"), PointTopic(POINT, "desired/schedule")),
    (topics.desired(POINT, "policy"), PointTopic(POINT, "desired/policy")),
    (topics.desired(POINT, "probes"), PointTopic(POINT, "desired/probes")),
    (topics.live(POINT), PointTopic(POINT, "live")),
    (topics.held(POINT), PointTopic(POINT, "held")),
    (topics.relay_status(RELAY), RelayTopic(RELAY, "status")),
    (topics.relay_state(RELAY), RelayTopic(RELAY, "state")),
    (topics.relay_event(RELAY), RelayTopic(RELAY, "event")),
    (topics.relay_meeting(RELAY, MEETING), RelayTopic(RELAY, "meeting", MEETING)),
]


@pytest.mark.parametrize(("topic", "parsed"), BUILT)
def test_a_built_topic_is_parsed_to_what_it_was_built_from(
    topic: topics.Topic, parsed: PointTopic | RelayTopic
) -> None:
    assert topics.parse(topic.name) == parsed


def _matches(topic_filter: str, topic: str) -> bool:
    wanted, given = topic_filter.split("/"), topic.split("/")
    return len(wanted) == len(given) and all(
        w in ("+", g) for w, g in zip(wanted, given, strict=True)
    )


@pytest.mark.parametrize(
    ("topic_filter", "expected"),
    [
        (topics.all_of_points("report"), {"dc/point/xa-mau-a/report"}),
        (topics.all_of_points("beat"), {"dc/point/xa-mau-a/beat"}),
        (topics.all_of_points("status"), {"dc/point/xa-mau-a/status"}),
        (topics.all_of_points("applied"), {"dc/point/xa-mau-a/applied"}),
        (topics.desired_of(POINT), {f"dc/point/xa-mau-a/desired/{d}"
                                    for d in ("schedule", "policy", "probes")}),
        (topics.all_of_relays("status"), {"dc/relay/relay-1/status"}),
        (topics.all_of_relays("state"), {"dc/relay/relay-1/state"}),
        (topics.all_of_relays("event"), {"dc/relay/relay-1/event"}),
        (topics.meetings_of(RELAY), {"dc/relay/relay-1/meeting/m-2026-0117"}),
    ],
)  # fmt: skip
def test_a_subscription_receives_its_topics_and_no_other(
    topic_filter: str, expected: set[str]
) -> None:
    names = [topic.name for topic, _ in BUILT]
    assert {name for name in names if _matches(topic_filter, name)} == expected


def test_what_is_desired_is_retained_and_what_is_reported_is_not() -> None:
    assert topics.desired(POINT, "schedule").is_retained
    assert topics.live(POINT).is_retained
    assert topics.relay_meeting(RELAY, MEETING).is_retained
    assert not topics.report(POINT).is_retained
    assert topics.report(POINT).qos == 1


@pytest.mark.parametrize(
    "topic",
    ["", "/", "dc", "dc/point", "dc/point//report", "dc/point/xa-mau-a/report/",
     "dc/point/+/report",
     "dc/point/#", "DC/point/xa-mau-a/report", "dc/point/Xa/report", "dc/point/xa-mau-a\n/report",
     "dc/point/xa-mau-a/report\n", "dc/point/xa-mau-a/desired/other", "dc/point/-a/report",
     "dc/point/xã/report", "dc/relay/relay-1/meeting", "dc/relay/relay-1/meeting/", "dc/centre/x",
     "$SYS/broker/uptime", "dc/point/" + "a" * 41 + "/report", "dc/point/\0/report"],
)  # fmt: skip
def test_a_topic_that_no_builder_makes_is_refused(topic: str) -> None:
    with pytest.raises(MalformedTopic):
        topics.parse(topic)


def test_spoilt_topics_are_parsed_to_a_topic_that_is_built_the_same_or_refused() -> None:
    chance = random.Random(4711)
    alphabet = string.ascii_letters + string.digits + "/+#$-_ \n\0àđ"
    refused = 0
    for _ in range(cases.TOPICS):
        letters = list(chance.choice(BUILT)[0].name)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(letters))
            letters[at : at + chance.randint(0, 2)] = chance.choices(
                alphabet, k=chance.randint(0, 2)
            )
            letters = letters or ["/"]
        name = "".join(letters)
        try:
            parsed = topics.parse(name)
        except MalformedTopic:
            refused += 1
        else:
            assert _built_again(parsed) == name
    assert cases.TOPICS / 2 < refused < cases.TOPICS


def _built_again(parsed: PointTopic | RelayTopic) -> str:
    if isinstance(parsed, PointTopic):
        return f"dc/point/{parsed.point_id}/{parsed.leaf}"
    if parsed.meeting_id is not None:
        return topics.relay_meeting(parsed.relay_id, parsed.meeting_id).name
    return f"dc/relay/{parsed.relay_id}/{parsed.leaf}"
