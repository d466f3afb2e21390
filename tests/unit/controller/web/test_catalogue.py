"""Every text of the pages has its Vietnamese, and the catalogue has nothing else."""

import ast
import io
import re
from collections import Counter
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from controller.web.i18n.catalogue import chosen, languages
from monitoring.judgement import health_texts

CONTROLLER = Path(__file__).parents[4] / "controller"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {"gettext": None, "_": None, "N_": None, "ngettext": (1, 2)}
PLACES = re.compile(r"%\((\w+)\)s|\{(\w+)\}")

# What a page may say without the catalogue: the same in every language.
SAME_EVERYWHERE = re.compile(
    r"^(CSV|Excel|XLSX|DOCX|PDF|SHA-256|SNMP v[23]c?|Apprise|Webhook|Syslog|12/BB-UBND)$"
    r"|^(· )?Điểm Cầu$|^(systemctl|diemcau-controller) |^data-theme="
)
JINJA = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)

Text = str | tuple[str, ...]


def used() -> set[Text]:
    """Return every text the templates and views ask for."""
    found = extract_from_dir(CONTROLLER, method_map=METHODS, keywords=KEYWORDS)
    return {text if isinstance(text, str) else tuple(text) for _, _, text, _, _ in found}


def known() -> dict[Text, str]:
    """Return the catalogue: Vietnamese has one form for all numbers."""
    with (CONTROLLER / "web/i18n/vi.po").open("rb") as file:
        catalogue = read_po(file, locale="vi", abort_invalid=True)
    return {
        one.id if isinstance(one.id, str) else tuple(one.id): (
            one.string if isinstance(one.string, str) else (one.string or ("",))[0]
        )
        for one in catalogue
        if one.id
    }


def test_nothing_is_untranslated_and_nothing_is_left_over() -> None:
    texts, catalogue = used(), known()
    assert len(texts) > 200
    assert sorted(map(str, texts - catalogue.keys())) == []
    assert sorted(map(str, catalogue.keys() - texts)) == []
    assert [text for text, translated in catalogue.items() if not translated.strip()] == []


def test_each_text_stands_there_once() -> None:
    """Of two entries of one text the reader of the catalogue keeps the last and says nothing."""
    text = (CONTROLLER / "web/i18n/vi.po").read_text()
    entries = re.findall(r'^msgid ((?:"(?:[^"\\\\]|\\\\.)*"\n)+)', text, re.MULTILINE)
    ids = ["".join(re.findall(r'"(.*)"', one)) for one in entries]
    assert len(ids) > len(known())  # with its head
    assert [one for one, count in Counter(ids).items() if count > 1] == []


def test_templates_say_nothing_that_is_not_in_the_catalogue() -> None:
    """But names of formats, protocols and commands, which are the same in every language."""
    said = {
        (path.name, text)
        for path in CONTROLLER.rglob("templates/**/*.html")
        for text in bare_texts(path.read_text())
    }
    assert {one for one in said if not SAME_EVERYWHERE.search(one[1])} == set()


def bare_texts(template: str) -> list[str]:
    """Return the words that a template shows as they are, and those of what is read out."""
    parts: list[str] = []
    for one in JINJA.parse(template).find_all((nodes.Output,)):
        parts += [
            piece.data if isinstance(piece, nodes.TemplateData) else "\0" for piece in one.nodes
        ]
    html = "".join(parts)
    attributes = re.findall(r'\b(?:title|aria-label|alt|placeholder)="([^"]*)"', html)
    shown = re.sub(r"<!--.*?-->|<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    texts = re.split(r"<[^<>]*>|[\0\n]", shown) + attributes
    return [text.strip(" \0\t") for text in texts if re.search(r"[^\W\d_]{2}", text)]


def test_a_text_that_nobody_translated_is_found() -> None:
    template = '<a title="{{ n }} Xoá">{% if a %}Đóng lại{% endif %}</a><b>{{ _("Close") }}</b>'
    assert bare_texts(template) == ["Đóng lại", "Xoá"]


def test_one_thing_has_one_word() -> None:
    """A switch is so called on the device itself and in the guide; a sheet says one of shares."""
    problems = "\n".join(health_texts._VI.values())
    said = "\n".join([*known().values(), problems])
    assert re.findall(r"bộ chuyển mạch|tỷ lệ sẵn sàng", said) == []


def test_no_text_is_asked_for_where_nobody_finds_it() -> None:
    """In an f-string: what collects the texts does not look there."""
    hidden = [
        f"{path.name}:{call.lineno}"
        for path in CONTROLLER.rglob("*.py")
        for one in ast.walk(ast.parse(path.read_text()))
        if isinstance(one, ast.JoinedStr)
        for call in ast.walk(one)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in KEYWORDS
        and isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


def test_translations_fill_the_same_places() -> None:
    wrong = [
        text
        for text, translated in known().items()
        if set(PLACES.findall(text if isinstance(text, str) else text[-1]))
        != set(PLACES.findall(translated))
    ]
    assert wrong == []


def test_nobody_is_addressed_as_a_friend() -> None:
    familiar = re.compile(r"\bbạn\b", re.IGNORECASE)
    assert [text for text, translated in known().items() if familiar.search(translated)] == []


def test_a_certificate_is_called_one_thing() -> None:
    assert [text for text, vi in known().items() if "chứng chỉ" in vi.lower()] == []


def test_what_happens_to_you_says_to_whom_though_nobody_is_addressed() -> None:
    to_you = re.compile(r"\b(hears?|sees?|put) (and hear )?you\b")
    told = {text: vi for text, vi in known().items() if to_you.search(str(text))}
    assert len(told) >= 5
    assert [vi for vi in told.values() if not re.search(r"(máy|liên kết) này", vi)] == []


def test_the_catalogue_compiles() -> None:
    with (CONTROLLER / "web/i18n/vi.po").open("rb") as file:
        compiled = io.BytesIO()
        write_mo(compiled, read_po(file, locale="vi", abort_invalid=True))
    assert compiled.tell() > 10_000


def test_vietnamese_is_the_default_and_english_a_choice() -> None:
    assert chosen(None).gettext("Sign in") == "Đăng nhập"
    assert chosen("en").gettext("Sign in") == "Sign in"
    assert chosen("../etc").code == "vi"
    assert set(languages()) == {"vi", "en"}
