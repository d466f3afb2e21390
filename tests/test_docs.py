"""What the documents name exists: files, commands, make targets, ports."""

import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
RECORDS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *(ROOT / "docs" / f"{name}.md" for name in ("architecture", "glossary", "limits", "protocol")),
    *RECORDS,
]
TOP_FOLDERS = tuple(sorted(path.name for path in ROOT.iterdir() if path.is_dir()))


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_limit_names_the_test_that_shows_it() -> None:
    rows = [row for row in (ROOT / "docs" / "limits.md").read_text().splitlines() if row[:1] == "|"]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    limits = [row for row in cells if row[0] != "what" and set(row[0]) != {"-"}]
    without = [row[0] for row in limits if not re.search(r"`(tests|bench)/|the same", row[4])]
    assert len(limits) > 100
    assert without == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_id)
def test_every_link_leads_to_a_file(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text())
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("name", ["architecture", "glossary"])
def test_the_subjects_of_the_centre_are_listed_whole(name: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text()
    listed = re.search(r"a folder[^(]*\(((?:`\w+/`[,\s]*)+)\)", text)
    folders = {path.parent.name for path in (ROOT / "controller").glob("*/__init__.py")}
    assert listed is not None
    assert set(re.findall(r"`(\w+)/`", listed[1])) == folders - {"web", "db"}


def test_the_documents_say_of_enrolment_what_the_pages_say() -> None:
    documents = (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
    assert [_id(one) for one in documents if "đăng ký" in one.read_text().lower()] == []


def test_what_the_guide_says_to_network_staff_stands_on_the_pages() -> None:
    with (ROOT / "controller/web/i18n/vi.po").open("rb") as file:
        shown = [one.string for one in read_po(file, locale="vi") if isinstance(one.string, str)]
    guide = (ROOT / "docs" / "huong-dan.md").read_text()
    named = re.findall(r"[\s(]\*([^*\n]+)\*(?!\*)", guide.partition("## Cán bộ mạng")[2])
    pieces = [piece.strip() for one in named for piece in one.split("…")]
    assert len(named) > 60
    assert [one for one in pieces if not any(one in text for text in shown)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_id)
def test_every_file_named_exists(document: Path) -> None:
    named = re.findall(r"`([\w.\-]+/[\w./\-]*)`", document.read_text())
    ours = [name for name in named if name.startswith(TOP_FOLDERS)]
    made_at_run_time = ("media/state.json", ".demo/", "bench/results/")
    missing = [name for name in ours if not (ROOT / name).exists()]
    assert [name for name in missing if not name.startswith(made_at_run_time)] == []


def test_every_document_that_the_programs_name_exists() -> None:
    named = {
        name
        for folder in (
            "agent",
            "controller",
            "media",
            "monitoring",
            "runtime",
            "scripts",
            "systemd",
        )
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".sh", ".service", ".html"}
        for name in re.findall(r"\bdocs/[\w./-]+\.md\b", path.read_text())
    }
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_every_record_is_in_the_index_in_order() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()
    assert re.findall(r"\]\((.+?)\)", index) == [record.name for record in RECORDS]
    numbers = [record.name[:4] for record in RECORDS]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("record", RECORDS, ids=_id)
def test_a_record_is_titled_by_its_number(record: Path) -> None:
    assert record.read_text().startswith(f"# {record.name[:4]} ")


def test_the_readme_names_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`?\bmake ([a-z]+)\b", (ROOT / "README.md").read_text()))
    assert {"demo", "test", "check", "bench"} <= targets
    assert named <= targets


def test_the_readme_names_commands_that_exist() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    named = set(re.findall(r"\bdiemcau-(?:agent|media|controller|relay|reflector)\b",
                           (ROOT / "README.md").read_text()))  # fmt: skip
    assert named
    assert named <= set(scripts)
