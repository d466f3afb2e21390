"""A mosquitto.db that a power cut has damaged is set aside, and what it held is said again."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from controller import broker_config
from tests.integration.controller.broker import GeneratedBroker, client, generated_broker
from tests.integration.controller.centre import PASSWORD, Installation, web_process

CHECK = Path(__file__).parents[3] / "systemd" / "broker-check.sh"
SCHEDULE = "dc/point/p-b/desired/schedule"

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda good: good[:40],
    "zeros": lambda good: bytes(len(good)),
    "garbage": lambda good: os.urandom(4096),
}


async def checked(installation: Installation, *more: str) -> str:
    """Run the check as the unit does before the broker starts; return what it says."""
    config, _ = broker_config.write(installation.settings)
    process = await asyncio.create_subprocess_exec(
        CHECK, config, *more, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said
    return said.decode()


async def end_in_order(broker: GeneratedBroker) -> None:
    """Let it write what it holds."""
    assert broker.process is not None
    broker.process.terminate()
    await broker.process.wait()


def store_of(installation: Installation) -> Path:
    """Return where the broker keeps what it holds."""
    return installation.settings.data_dir / "mosquitto" / "mosquitto.db"


def content(path: Path) -> bytes | None:
    """Return what is in a file; None: there is none."""
    return path.read_bytes() if path.exists() else None


def put(path: Path, data: bytes | None) -> None:
    """Write a file; None: take it away."""
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)


def aside(store: Path) -> list[tuple[str, bytes]]:
    """Return the times and contents of what was set aside, the oldest first."""
    found = sorted(store.parent.glob("mosquitto.db.bad-*"))
    return [(path.name.partition(".bad-")[2], path.read_bytes()) for path in found]


@pytest.fixture
async def store(installation: Installation) -> Path:
    """The file of a broker that was ended in order with retained documents in it."""
    async with (
        generated_broker(installation) as broker,
        web_process(installation),
        client(broker.bus_settings("centre-ingest"), "dc/#") as heard,
    ):
        await heard.got(SCHEDULE)
        await end_in_order(broker)
    path = store_of(installation)
    assert len(content(path) or b"") > 100
    return path


@pytest.mark.parametrize("damage", list(DAMAGES))
async def test_a_damaged_store_is_set_aside_and_its_documents_are_said_again(
    installation: Installation, store: Path, damage: str
) -> None:
    damaged = DAMAGES[damage](content(store) or b"")
    put(store, damaged)
    assert "set aside" in await checked(installation)
    assert [data for _, data in aside(store)] == [damaged]
    assert content(store) is None
    async with (
        generated_broker(installation) as broker,
        web_process(installation) as process,
        client(broker.bus_settings("centre-ingest"), "dc/#") as heard,
        httpx.AsyncClient(base_url=process.base_url) as browser,
    ):
        assert (await heard.got(SCHEDULE)).payload
        credentials = {"user_name": "office", "password": PASSWORD}
        assert (await browser.post("/api/v1/session", json=credentials)).status_code == 200


async def test_a_good_store_an_empty_one_and_none_are_left_alone(
    installation: Installation, store: Path
) -> None:
    good = content(store)
    for kept in (good, b"", None):  # with an empty one Mosquitto starts
        put(store, kept)
        assert await checked(installation) == ""
        assert content(store) == kept
    assert aside(store) == []


async def test_of_what_was_set_aside_the_newest_three_are_kept(installation: Installation) -> None:
    broker_config.write(installation.settings)
    store = store_of(installation)
    for year in range(2020, 2025):
        put(store.with_name(f"mosquitto.db.bad-{year}0101T000000Z"), b"old")
    put(store, bytes(4096))
    await checked(installation)
    assert [data for _, data in aside(store)] == [b"old", b"old", bytes(4096)]
    assert [time[:4] for time, _ in aside(store)][:2] == ["2023", "2024"]


async def test_a_store_is_kept_where_the_broker_would_not_start_without_it_either(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "mosquitto"
    put(broken, b"#!/bin/sh\necho no memory >&2\nexit 1\n")
    os.chmod(broken, 0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    broker_config.write(installation.settings)
    store = store_of(installation)
    put(store, b"whatever")
    assert "with" in await checked(installation)
    assert (content(store), aside(store)) == (b"whatever", [])


async def test_a_store_that_is_still_being_read_at_the_limit_is_taken_for_a_good_one(
    installation: Installation, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "slow" / "mosquitto"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
    good = content(store)
    async with asyncio.timeout(20):
        assert await checked(installation, "1") == ""
    assert content(store) == good
