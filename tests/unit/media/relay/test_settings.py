"""What a relay says of itself has the form in which it will see it again."""

from pathlib import Path

import pytest

from media.relay.settings import RelaySettings
from runtime.errors import SettingsError
from runtime.settings import load

SHIPPED = Path(__file__).parents[4] / "configs" / "relay.toml"


def with_candidates(tmp_path: Path, candidates: str) -> RelaySettings:
    path = tmp_path / "relay.toml"
    content = SHIPPED.read_text()
    assert '["192.0.2.10"]' in content
    path.write_text(content.replace('["192.0.2.10"]', candidates))
    return load(RelaySettings, path)


def test_candidates_are_kept_as_sockets_write_them(tmp_path: Path) -> None:
    settings = with_candidates(tmp_path, '["2001:DB8:0:0::10", "192.0.2.10"]')
    assert settings.media.candidates == ["2001:db8::10", "192.0.2.10"]


@pytest.mark.parametrize("candidate", ["relay.example.vn", "fe80::1%eth0", "192.0.2.300", ""])
def test_a_candidate_that_is_no_address_is_refused_at_the_start(
    tmp_path: Path, candidate: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        with_candidates(tmp_path, f'["{candidate}"]')
    assert caught.value.key == "media.candidates"
    assert repr(candidate) in str(caught.value)
