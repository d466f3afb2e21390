"""How long a meeting that was called over is left alone."""

from agent.room.refused import CAP_S, FIRST_S, RefusedMeetings


def test_a_refusal_holds_for_a_while_and_longer_each_time():
    refused = RefusedMeetings()
    pauses_s = []
    now_s = 0.0
    for _ in range(6):
        refused.note("m1", now_s=now_s)
        pause_s = next(s for s in range(1000) if not refused.at(now_s + s))
        pauses_s.append(pause_s)
        now_s += pause_s
    assert pauses_s == [FIRST_S, 2 * FIRST_S, 4 * FIRST_S, CAP_S, CAP_S, CAP_S]


def test_one_meeting_s_refusal_is_its_own():
    refused = RefusedMeetings()
    refused.note("m1", now_s=0)
    assert refused.at(1) == {"m1"}
    refused.note("m2", now_s=FIRST_S)
    assert refused.at(FIRST_S + 1) == {"m2"}
