"""Whatever enrolment refuses stands in the audit log as a sentence, never as a bare code."""

import ast
from collections.abc import Iterator
from pathlib import Path

from controller import enrolment
from controller.audit import subjects
from controller.audit.service import Action
from controller.audit.subjects import SubjectNames
from controller.web.i18n.catalogue import languages

FOLDER = Path(next(iter(enrolment.__path__)))
# What signs and what renews; codes of other doors are in no entry.
FILES = ("desk.py", "renewal.py", "service.py")
REFUSALS = {"WrongCode", "BadRequest", "RenewalRefused"}


def refused() -> Iterator[str]:
    for name in FILES:
        for node in ast.walk(ast.parse((FOLDER / name).read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called, first = node.func, node.args[0]
            is_super = isinstance(called, ast.Attribute) and called.attr == "__init__"
            is_refusal = isinstance(called, ast.Name) and called.id in REFUSALS
            if (is_super or is_refusal) and isinstance(first, ast.Constant):
                yield str(first.value)


def test_every_refusal_of_enrolment_has_words_in_both_languages() -> None:
    codes, names = set(refused()), SubjectNames({}, {})
    assert {"code_burnt", "not_due", "renewal_not_proved", "invalid_request"} <= codes
    for words in languages().values():
        for code in codes:
            shown = subjects.parts(words, Action.ENROL.value, "", code, names)
            assert shown[0].text not in ("", code)
