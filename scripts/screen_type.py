"""Write the types of the room's event stream in TypeScript, from the Python structs.

    python -m scripts.screen_type

The structs are the one place where a field is named; web/kiosk/screen_type.ts is written
from them, and a test says when it is behind.
"""

import types
import typing
from datetime import datetime
from pathlib import Path

import msgspec

from agent.room.kiosk.app import ScreenEvent

TARGET = Path(__file__).parents[1] / "web/kiosk/screen_type.ts"
HEAD = "// Written by scripts/screen_type.py from agent/room: change the structs there.\n"
_PLAIN: dict[object, str] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    datetime: "string",
    type(None): "null",
}


def rendered() -> str:
    """Return the whole file."""
    found: dict[str, str] = {}
    _collect(ScreenEvent, found)
    return HEAD + "".join(f"\n{text}" for text in found.values())


def _collect(struct: type[msgspec.Struct], found: dict[str, str]) -> None:
    """Add an interface for a struct, after those of the structs in it."""
    hints = typing.get_type_hints(struct)
    fields = [(name, hints[name]) for name in struct.__struct_fields__]
    for _, hint in fields:
        for inner in (hint, *typing.get_args(hint)):
            if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
                _collect(inner, found)
    lines = "".join(f"  {name}: {_type_of(hint)};\n" for name, hint in fields)
    doc = (struct.__doc__ or "").splitlines()[0]
    found[struct.__name__] = f"/** {doc} */\nexport interface {struct.__name__} {{\n{lines}}}\n"


def _type_of(hint: object) -> str:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint.__name__
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return " | ".join(f'"{value}"' for value in inner)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(_type_of(one) for one in inner)
    if origin is list:
        element = _type_of(inner[0])
        return f"({element})[]" if "|" in element else f"{element}[]"
    raise TypeError(f"no TypeScript for {hint}")


def main() -> None:
    """Write the file."""
    TARGET.write_text(rendered())


if __name__ == "__main__":
    main()
