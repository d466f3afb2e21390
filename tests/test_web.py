"""The unit tests of the pages' TypeScript, and what their tools may bring along."""

import json

from scripts import build_web


def test_the_pages_scripts_do_what_their_own_tests_say() -> None:
    build_web.npm_script("test")
    assert (build_web.WEB / "node_modules/.tests").is_dir()


def test_the_lock_names_no_host_and_every_package_by_its_digest() -> None:
    lock = json.loads((build_web.WEB / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert [name for name, one in packages.items() if "resolved" in one] == []
    assert [name for name, one in packages.items() if "integrity" not in one] == []


def test_pages_are_built_without_the_tools() -> None:
    lock = json.loads((build_web.WEB / "package-lock.json").read_text())
    tools = {"node_modules/@biomejs/biome", "node_modules/happy-dom", "node_modules/typescript"}
    assert {name for name in tools if lock["packages"][name].get("dev")} == tools
    assert "dev" not in lock["packages"]["node_modules/esbuild"]
