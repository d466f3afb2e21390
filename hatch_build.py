"""Hatchling's hook: the pages are built before the packages are."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _build_web(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_web", root / "scripts/build_web.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(root / "scripts/build_web.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class WebBuildHook(BuildHookInterface[Any]):
    """Builds the pages that pyproject.toml lists as artifacts."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages; `version` is "standard" or "editable"."""
        del version, build_data
        if self.target_name == "wheel":
            _build_web(Path(self.root)).build()
