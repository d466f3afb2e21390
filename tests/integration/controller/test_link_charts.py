"""Interfaces and switch ports from what points report to charts and files."""

import csv
import io
from datetime import timedelta
from typing import Any

from msgspec import UNSET

from contracts import codec
from contracts.devices import SeenDevice, SeenInterface, SnmpBody
from contracts.reports import InterfaceRate, Report
from controller.ingest.store import SeriesStore
from tests.bodies import health_body
from tests.contract import golden
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_charts import POINT, arrival
from tests.integration.controller.test_charts import tell as tell_line

DEVICE = "sw01abcd"


def tell(centre: Centre) -> None:
    """Forty minutes: eth0 with a growing count of errors, and a switch of 48 ports."""
    now = centre.web.now()
    store = SeriesStore(centre.web.series)
    store.load(now - timedelta(days=1))
    of = codec.decode(Report, golden.payload("report-inventory-machine"))
    arrivals = []
    for seq in range(40):
        at = now - timedelta(minutes=40 - seq)
        rate = InterfaceRate(
            name="eth0", has_carrier=True, rx_bps=5_000_000, tx_bps=1_000_000,
            errors_total=100 + 2 * seq, drops_total=7,
        )  # fmt: skip
        ports = tuple(
            SeenInterface(
                index=number, name=f"Gi1/0/{number}", alias="=1+1" if number == 2 else None,
                speed_bps=10**9 if number == 1 else None, is_up=number < 3,
                in_bps=2_000_000 if number == 1 else None, out_bps=None,
                errors=(3 if number == 1 else None) if number < 3 else UNSET,
            )
            for number in range(1, 49)
        )  # fmt: skip
        device = SeenDevice(
            device_id=DEVICE, asked_at=at, answer="answers", answered_at=at, interfaces=ports,
            counted_s=60, uncounted=("drops",),
        )  # fmt: skip
        arrivals.append(
            arrival(of, health_body(interfaces=(rate,), cpu_ratio=0.25), at, 1000 + 2 * seq)
        )
        arrivals.append(arrival(of, SnmpBody((device,)), at, 1001 + 2 * seq))
    store.commit(arrivals)


def charts(data: Any) -> dict[str, list[float | None]]:
    return {one["name"]: one["mean"] for one in data["figures"]}


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


async def test_an_interface_has_rates_signal_and_what_its_errors_grew_by(centre: Centre) -> None:
    tell(centre)
    person = await centre.sign_in()
    address = f"/points/{POINT}/links.json"
    data = (await person.get(address, span="6h", link="eth0")).json()
    drawn = charts(data)
    assert list(drawn) == ["in", "out", "signal", "errors", "drops"]
    assert {value for value in drawn["in"] if value is not None} == {5.0}
    errors = [value for value in drawn["errors"] if value is not None]
    # The first bucket has none before it. Every five minutes later have five reports, two each.
    assert 7 <= len(errors) <= 8 and set(errors[:-1]) == {10} and 0 < errors[-1] <= 10
    assert {value for value in drawn["drops"] if value is not None} == {0}
    assert len(data["at"]) == len(drawn["errors"])


async def test_of_a_port_unknown_stays_unknown(centre: Centre) -> None:
    tell(centre)
    person = await centre.sign_in()
    address = f"/points/{POINT}/links.json"
    first = charts((await person.get(address, span="6h", link=f"{DEVICE}/1")).json())
    assert list(first) == ["in", "utilisation", "signal", "errors"], "nobody said what it sent"
    errors = [value for value in first["errors"] if value is not None]
    assert sum(errors) == 3 * 40 and set(errors[1:-1]) == {15}
    assert {value for value in first["utilisation"] if value is not None} == {0.2}
    second = charts((await person.get(address, span="6h", link=f"{DEVICE}/2")).json())
    assert list(second) == ["signal"]
    third = charts((await person.get(address, span="6h", link=f"{DEVICE}/3")).json())
    assert {value for value in third["errors"] if value is not None} == {0}
    for link, status in (("eth9", 200), (f"{DEVICE}/77", 200), ("x/y", 404), ("", 404)):
        answer = await person.get(address, link=link)
        assert answer.status_code == status, link
        assert status == 404 or answer.json()["figures"] == []


async def test_each_chart_has_a_file_of_exactly_its_figures(centre: Centre) -> None:
    tell_line(centre)
    tell(centre)
    person = await centre.sign_in()
    for name, query in (("links", {"link": "eth0"}), ("figures", {})):
        data = (await person.get(f"/points/{POINT}/{name}.json", span="6h", **query)).json()
        assert data["figures"], name
        for one in data["figures"]:
            answer = await person.get(
                f"/points/{POINT}/{name}.csv", span="6h", chart=one["name"], **query
            )
            rows = table(answer.text)
            assert answer.text.startswith("\ufeff")
            got = [row.get(f"{one['title']}, trung bình", "") for row in rows]
            wanted = ["" if value is None else str(value) for value in one["mean"]]
            assert got == wanted or not any(wanted)
            assert [row["begins_at"][-6:] for row in rows] == ["+07:00"] * len(data["at"])
    data = (await person.get(f"/points/{POINT}/series.json", span="1h")).json()
    for chart, column, series in (("rtt", "rtt_max_ms", "rtt_max"), ("loss", "loss_ratio", "loss"),
                                  ("utilisation", "utilisation_ratio", "utilisation")):  # fmt: skip
        answer = await person.get(f"/points/{POINT}/series.csv", span="1h", chart=chart)
        values = [float(row[column]) if row[column] else None for row in table(answer.text)]
        assert values == data[series], chart
    outages = table((await person.get(f"/points/{POINT}/series.csv", span="1h",
                                      chart="outages")).text)  # fmt: skip
    assert [(row["kind"], row["what"]) for row in outages] == [
        ("down", "Mất điện"), ("degraded", ""),
    ]  # fmt: skip
    for chart in ("rate", "meetings"):
        answer = await person.get(f"/points/{POINT}/series.csv", span="1h", chart=chart)
        assert answer.status_code == 200
    for name in ("series", "figures"):
        answer = await person.get(f"/points/{POINT}/{name}.csv", chart="nothing")
        assert answer.status_code == 404
    book = await person.get(f"/points/{POINT}/series.xlsx", span="1h")
    assert book.content[:2] == b"PK"


async def test_the_page_offers_every_port_and_says_what_is_not_known(centre: Centre) -> None:
    tell(centre)
    person = await centre.sign_in()
    page = (await person.get(f"/points/{POINT}", link="eth0", span="7d")).text
    assert "links.json?link=eth0&amp;span=7d" in page
    assert 'data-testid="link-charts" open' in page
    page = (await person.get(f"/points/{POINT}", link="<b>x</b>")).text
    assert "<b>x</b>" not in page
