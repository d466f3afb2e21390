"""A point whose contract says 30 kbit/s is shown what its line really carries."""

from media.sfu.engine import RelayEngine
from media.sfu.ladder import Rung
from tests.fakes.line import Shape
from tests.integration.room.test_speakers_line import a_speaker_on
from tests.waiting import until

CONTRACT_BPS, BACK_S = 30_000, 10


async def test_a_contract_says_where_to_begin_and_not_where_to_end(monkeypatch):
    sessions = []

    def contracted(engine, *given):
        session, answer = play(engine, *given)
        session.line.estimate.begin(CONTRACT_BPS)
        sessions.append(session)
        return session, answer

    play = RelayEngine.play
    monkeypatch.setattr(RelayEngine, "play", contracted)
    async with a_speaker_on(Shape(delay_s=0.02)) as (playback, _):
        (session,) = sessions
        await until(lambda: session.line.ladder.rung < Rung.LOW)
        flow = playback.videos["stage"].flow
        await until(lambda: flow.total.frames > 10, BACK_S, "a picture")
        await until(lambda: session.line.ladder.rung is Rung.HIGH, BACK_S, "everything")
