"""An outage of ingest makes no storm: what the broker has already is not sent again."""

from tests.fakes.mosquitto import start_mosquitto
from tests.integration.ingest.backlog import held_count
from tests.integration.ingest.harness import IngestProcess, running
from tests.integration.ingest.reports import P1, P2
from tests.integration.ingest.resending import SendingPoint, sending
from tests.waiting import until

OUTAGE = 150
"""Reports of each point that are measured while nobody takes them."""


async def test_after_an_outage_of_ingest_a_point_has_sent_everything_once(tmp_path):
    with start_mosquitto(tmp_path) as broker:
        url = f"sqlite:///{tmp_path / 'series.db'}"
        points = [SendingPoint(tmp_path, broker, name, every_s=0.1) for name in (P1, P2)]
        with running(IngestProcess(tmp_path / "centre", broker, url, [P1, P2])) as ingest:
            await ingest.started()
            async with sending(points):
                await until(lambda: held_count(url) > 20, 30, "reports are held")
                ingest.end()
                until_s = points[0].measured + OUTAGE
                await until(lambda: points[0].measured > until_s - OUTAGE // 2, 60)
                # One line breaks in the middle: its point knows no more what it has sent.
                await points[0].disconnect()
                points[0].connect()
                await until(lambda: points[0].measured > until_s, 60)
                sent = [point.reporter.sent_total for point in points]
                await ingest.started()
                await until(lambda: ingest.events("ingest_listens"), 30, "it has caught up")
                await until(lambda: held_count(url) >= 2 * until_s, 60, "all is held")
                later = points[0].measured + 30  # time for whoever would send again
                await until(lambda: points[0].measured > later)
                more = [
                    point.reporter.sent_total - before - (point.measured - until_s)
                    for point, before in zip(points, sent, strict=True)
                ]
            measured = sum(point.measured for point in points)
            total = sum(point.reporter.sent_total for point in points)
    assert max(more) <= OUTAGE * 0.1
    assert total <= measured + 2 * OUTAGE * 0.1
