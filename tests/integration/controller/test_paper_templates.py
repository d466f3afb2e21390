"""The office's own template of a paper: taken, replaced, given up; by two at once."""

import asyncio
from datetime import UTC, datetime

import pytest

from controller.db.engine import open_engine, reading
from controller.errors import BadEntry
from controller.papers import service
from controller.papers.service import PaperDesk
from tests.unit.controller.papers.sample import PAPER

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)


async def test_a_template_is_used_until_the_built_in_one_is_again(state_url: str) -> None:
    engine = open_engine(state_url)
    desk = PaperDesk(engine, lambda: NOW)
    own = service.built_in(PAPER)
    with pytest.raises(BadEntry):
        desk.take(PAPER, "x.pdf", b"%PDF", actor="lan")
    with reading(engine) as session:
        assert service.taken(session, PAPER) is None
        assert service.template(session, PAPER) == own
    # Both are the first.
    await asyncio.gather(
        *(
            asyncio.to_thread(desk.take, PAPER, f"C:\\mẫu\u202e{one}.docx", own, actor=f"p{one}")
            for one in range(4)
        )
    )
    with reading(engine) as session:
        known = service.taken(session, PAPER)
        assert known is not None
        assert known.file_name.startswith("mẫu") and "\u202e" not in known.file_name
    assert desk.use_built_in(PAPER)
    assert not desk.use_built_in(PAPER)
    engine.dispose()
