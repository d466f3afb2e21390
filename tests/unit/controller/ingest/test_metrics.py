"""What ingest has refused, set aside or failed at can be seen from outside."""

from datetime import UTC, datetime

import httpx

from controller.ingest.metrics import IngestTotals, Sources, application
from controller.ingest.presence_book import PresenceBook
from controller.ingest.rejections import Reason, Rejections
from monitoring.judgement.presence import PresenceLimits
from runtime.guard import guarded
from runtime.set_aside import SetAside

T0 = datetime(2026, 11, 26, 6, tzinfo=UTC)


async def test_refusals_messages_set_aside_and_failures_are_shown(tmp_path):
    rejections, aside = Rejections(), SetAside(tmp_path)
    rejections.reject(Reason.RETAINED, "p1", "a retained report", T0)
    for number in range(12):
        aside.keep("p1", b"%d" % number, "no text", now=T0, now_s=0)
    with guarded("metrics test"):
        raise ValueError("a fault of ours")
    sources = Sources(
        totals=IngestTotals(),
        rejections=rejections,
        set_aside=aside,
        book=PresenceBook(PresenceLimits()),
        received_total=lambda: 7,
        pruned_total=lambda: 3,
        call_minutes_dropped_total=lambda: 4,
        waiting=lambda: 5,
        is_well=lambda: False,
    )
    transport = httpx.ASGITransport(application(sources))
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
        lines = (await client.get("/metrics")).text.splitlines()
        assert (await client.get("/healthz")).status_code == 503
    assert 'diemcau_ingest_rejected_total{reason="retained"} 1.0' in lines
    assert "diemcau_ingest_set_aside_total 10.0" in lines
    assert "diemcau_ingest_not_kept_total 2.0" in lines
    assert "diemcau_ingest_pruned_total 3.0" in lines
    assert "diemcau_ingest_call_minutes_dropped_total 4.0" in lines
    [failure] = [line for line in lines if 'kind="metrics test"' in line]
    assert failure.startswith("diemcau_failures_total{")
    assert failure.endswith(" 1.0")
