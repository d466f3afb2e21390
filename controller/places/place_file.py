"""Opens a file of units and points, however it was saved, into rows that know their place.

Spreadsheets write tables by the country of the machine: comma, semicolon or tab between the
cells, a line `sep=;` before them, UTF-8 with or without a mark, UTF-16, or the old code page of
Windows. Each is known for certain by something in the file; none is guessed from its words.
"""

import csv
import io
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from contracts.text import called, plain
from controller.spreadsheet import unguarded

MAX_ROWS = 20_000
MAX_BYTES = 16 * 1024 * 1024
COLUMNS = (
    "what", "unit_id", "parent_id", "point_id", "number", "name", "kind", "owner", "position",
    "latitude", "longitude",
)  # fmt: skip
NAMES_VI = {
    "what": "dòng ghi", "unit_id": "mã đơn vị", "parent_id": "mã đơn vị cấp trên",
    "point_id": "mã điểm cầu", "number": "số", "name": "tên", "kind": "loại đơn vị",
    "owner": "chủ quản", "position": "thứ tự", "latitude": "vĩ độ", "longitude": "kinh độ",
}  # fmt: skip
"""What the columns are called in Vietnamese; a file may have either."""
WORDS_VI = {
    "what": {"đơn vị": "unit", "điểm cầu": "point"},
    "owner": {"ubnd": "people_committee", "đảng ủy": "party", "hđnd": "council"},
}
_KEYS_VI = {name: key for key, name in NAMES_VI.items()}
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_PLACES_VI = {"row": "Dòng", "line": "Dòng", "unit": "Đơn vị thứ", "point": "Điểm cầu thứ"}
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_OF_1258 = frozenset("ĂăÂâĐđÊêÔôƠơƯưÀàÁáÃãÈèÉéÍíÓóÙùÚú₫–—‘’“”…•°§«»·№\u00a0\u00ad") | _TONES


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one place of a file, in two languages; `place` as a person counts."""

    place: str
    vi: str
    en: str

    def __str__(self) -> str:
        """Return both, the Vietnamese first."""
        return f"{self.said_in('vi')} / {self.said_in('en')}"

    def said_in(self, language: str) -> str:
        """Return what is wrong and where, in Vietnamese (`vi`) or English."""
        if language != "vi":
            return f"{self.place}: {self.en}"
        word, _, number = self.place.partition(" ")
        place = f"{_PLACES_VI[word]} {number}" if number.isdigit() else "Tệp"
        return f"{place}: {self.vi}"


class BadPlaces(Exception):
    """A file that cannot be taken over, and all that is wrong with it, as far as is told."""

    def __init__(self, *problems: Mistake) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def bad_file(vi: str, en: str) -> BadPlaces:
    """Return the refusal of a file as a whole."""
    return BadPlaces(Mistake("the file", vi, en))


@dataclass(frozen=True, slots=True)
class Row:
    """One unit or point as written; `place` says where."""

    place: str
    what: str
    cells: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PlaceFile:
    """All rows that hold anything, and how the file was read."""

    rows: tuple[Row, ...]
    read_as: str


def opened(content: bytes, columns: tuple[str, ...] = COLUMNS) -> PlaceFile:
    """Return a file's rows.

    Args:
        columns: those of another kind of table, all of which must be there; never JSON.

    Raises:
        BadPlaces: it is no table and no JSON, in no writing that is known for certain.
    """
    if len(content) > MAX_BYTES:
        raise bad_file(f"lớn hơn {MAX_BYTES >> 20} MiB", f"has more than {MAX_BYTES >> 20} MiB")
    if content.startswith(_WORKBOOKS):
        raise bad_file("là sổ tính; hãy lưu thành CSV UTF-8", "is a workbook; save it as CSV UTF-8")
    text, encoding = _decoded(content)
    if not text.strip():
        raise bad_file("trống", "is empty")
    if "\0" in text:
        raise bad_file(
            "có ký tự NUL nên không phải văn bản; hãy lưu thành CSV UTF-8",
            "holds NUL characters, so it is no text; save it as CSV UTF-8",
        )
    if columns is COLUMNS and text.lstrip().startswith("{"):
        rows, kind = _rows_of_json(text), "JSON"
    else:
        rows, kind = _rows_of_table(text, columns)
    if len(rows) > MAX_ROWS:
        raise bad_file(f"có hơn {MAX_ROWS} dòng", f"has more than {MAX_ROWS} rows")
    return PlaceFile(tuple(rows), f"{encoding}, {kind}")


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, codec, name in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(codec).removeprefix("\ufeff"), name
            except UnicodeDecodeError as exc:
                raise bad_file(
                    f"mở đầu là {name} nhưng phần sau không phải",
                    f"begins as {name} and does not go on so",
                ) from exc
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _of_1258(content), "windows-1258"


def _of_1258(content: bytes) -> str:
    """Read the old code page of Vietnamese Windows, if all of it can be that."""
    for line, raw in enumerate(content.split(b"\n"), start=1):
        text = raw.decode("cp1258", errors="replace")
        composed = unicodedata.normalize("NFC", text)
        for place, char in enumerate(composed, start=1):
            before = composed[place - 2 : place - 1]
            is_lost = char in _TONES and before.isalpha()
            is_written = char.isascii() or char in _OF_1258 or _is_of_1258(char)
            if is_lost or not is_written:
                raise BadPlaces(
                    Mistake(
                        f"line {line}",
                        f"ký tự thứ {place} không phải UTF-8 cũng không phải windows-1258; "
                        "hãy lưu tệp thành CSV UTF-8",
                        f"its character {place} is neither UTF-8 nor windows-1258; "
                        "save the file as CSV UTF-8",
                    )
                )
    return content.decode("cp1258")


def _is_of_1258(char: str) -> bool:
    parts = unicodedata.normalize("NFD", char)
    return parts[-1] in _TONES and unicodedata.normalize("NFC", parts[:-1]) in (
        _OF_1258 | frozenset("AaEeIiOoUuYy")
    )


def _rows_of_json(text: str) -> list[Row]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise bad_file(f"không phải JSON: {exc}", f"is not JSON: {exc}") from exc
    rows: list[Row] = []
    for what in ("unit", "point"):
        entries = document.get(f"{what}s", [])
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            raise bad_file(
                f"“{what}s” phải là danh sách các đối tượng",
                f"“{what}s” must be a list of objects",
            )
        rows += [Row(f"{what} {n}", what, entry) for n, entry in enumerate(entries, start=1)]
    return rows


def _rows_of_table(text: str, columns: tuple[str, ...]) -> tuple[list[Row], str]:
    lines = text.split("\n", 1)
    first = lines[0].strip().strip('"')
    if first.lower().startswith("sep=") and len(first) <= len("sep=") + 1:
        # For spreadsheets alone; they do not count it, so neither do we.
        text = lines[1] if len(lines) > 1 else ""
    header = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=header.count)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[Row] = []
    names: list[str] = []
    number = 0
    try:
        for number, cells in enumerate(records, start=1):
            if number == 1:
                names = _header(cells, columns)
            elif any(cell.strip() for cell in cells):
                rows.append(_row(number, names, cells))
            if len(rows) > MAX_ROWS:
                break
    except csv.Error as exc:
        raise BadPlaces(
            Mistake(f"row {number + 1}", f"không phải CSV: {exc}", f"is not CSV: {exc}")
        ) from exc
    return rows, _SEPARATORS[separator]


def _header(cells: list[str], columns: tuple[str, ...]) -> list[str]:
    names = [plain(cell).lower() for cell in cells]
    if columns is COLUMNS:
        names = [_KEYS_VI.get(name, name) for name in names]
    if columns[0] not in names:
        found = shown(", ".join(name for name in names if name)) or "nothing"
        raise BadPlaces(
            Mistake(
                "row 1",
                f"phải ghi tên các cột ({', '.join(columns)}); đang có: {found}",
                f"must name the columns ({', '.join(columns)}); it has: {found}",
            )
        )
    missing = [name for name in columns if columns is not COLUMNS and name not in names]
    if missing:
        named = ", ".join(missing)
        raise BadPlaces(Mistake("row 1", f"thiếu cột {named}", f"lacks the columns {named}"))
    for name in columns:
        if names.count(name) > 1:
            raise BadPlaces(
                Mistake("row 1", f"ghi cột {name} hai lần", f"names the column {name} twice")
            )
    return names


def _row(number: int, names: list[str], cells: list[str]) -> Row:
    place = f"row {number}"
    if any(cell.strip() for cell in cells[len(names) :]):
        raise BadPlaces(
            Mistake(
                place,
                f"có {len(cells)} ô, mà dòng 1 chỉ ghi {len(names)} cột",
                f"has {len(cells)} cells, and row 1 names {len(names)} columns",
            )
        )
    named = dict(zip(names, (unguarded(cell) for cell in cells), strict=False))
    for key, words in WORDS_VI.items():
        if key in named:
            named[key] = words.get(plain(named[key]).strip().casefold(), named[key])
    return Row(place, plain(named["what"]).lower() if "what" in named else "", named)


def shown(value: object) -> str:
    """Return what a cell holds, short enough for a sentence."""
    text = str(value)[:60]
    return "".join(char if char.isprintable() else called(char) for char in text)
