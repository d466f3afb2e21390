"""Vietnam's days, and that nobody else says what its zone is."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from contracts.local_days import day_in_name, day_of, midnight

ROOT = Path(__file__).parents[3]
PACKAGES = ("agent", "contracts", "controller", "media", "monitoring", "runtime")


def test_a_day_begins_at_midnight_in_vietnam():
    begins_at = datetime(2026, 11, 26, 17, tzinfo=UTC)
    assert midnight(date(2026, 11, 27)) == begins_at
    assert day_of(begins_at) == date(2026, 11, 27)
    assert day_of(begins_at - timedelta(microseconds=1)) == date(2026, 11, 26)


def test_names_of_files_carry_the_day_in_vietnam():
    assert day_in_name(datetime(2026, 11, 28, 19, 34, tzinfo=UTC)) == "20261129"  # 02:34 there


def test_the_zone_stands_in_one_file():
    files = (file for name in PACKAGES for file in (ROOT / name).rglob("*.py"))
    naming = [str(one.relative_to(ROOT)) for one in files if "Asia/Ho_Chi_Minh" in one.read_text()]
    assert naming == ["contracts/local_days.py"]
