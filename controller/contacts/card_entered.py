"""A contact card as people type it: what counts, or a sentence on what does not."""

import re
from dataclasses import dataclass, replace
from enum import Enum

from controller import entered
from controller.entered import Label
from controller.errors import BadEntry
from controller.mail.entered import address

MAX_NAME_CHARS, MAX_PHONE_CHARS = 60, 30
_NAME = Label("Họ tên", "The name")
_PHONE_LABEL = Label("Số điện thoại", "The phone number")
_PHONE = re.compile(r"\+?[0-9(][0-9 .()-]*[0-9]")
LEAST_DIGITS = 3


class ContactRole(Enum):
    """What somebody is at their place; in the order in which they are called."""

    TECHNICIAN = "technician"
    CLERK = "clerk"
    LEADER = "leader"


@dataclass(frozen=True, slots=True)
class CardEntered:
    """A card as typed."""

    role: str = ContactRole.TECHNICIAN.value
    name: str = ""
    phone: str = ""
    email: str = ""
    problem: str = ""

    def again(self, problem: str) -> "CardEntered":
        """Return the same with a sentence on what is wrong."""
        return replace(self, problem=problem)


@dataclass(frozen=True, slots=True)
class CardTaken:
    """What is kept of it."""

    role: ContactRole
    name: str
    phone: str
    email: str


def taken(typed: CardEntered) -> CardTaken:
    """Return what counts of what was typed.

    Raises:
        BadEntry: a field cannot be taken, or there is no way to reach the person.
    """
    roles = {one.value: one for one in ContactRole}
    if typed.role not in roles:
        raise BadEntry("Chọn vai trò.", "Choose the role.")
    found = CardTaken(
        role=roles[typed.role],
        name=entered.line(_NAME, typed.name, most=MAX_NAME_CHARS),
        phone=phone(typed.phone),
        email=address(typed.email) if typed.email.strip() else "",
    )
    if not (found.phone or found.email):
        raise BadEntry(
            "Nhập số điện thoại hoặc địa chỉ thư, để liên hệ được.",
            "Enter a phone number or a mail address, so that they can be reached.",
        )
    return found


def phone(typed: str) -> str:
    """Return a phone number as it was written; it may be empty.

    Raises:
        BadEntry: it is none.
    """
    found = entered.line(_PHONE_LABEL, typed, most=MAX_PHONE_CHARS, least=0)
    digits = sum(char.isdigit() for char in found)
    if found and (_PHONE.fullmatch(found) is None or digits < LEAST_DIGITS):
        raise BadEntry(
            "Số điện thoại chỉ gồm chữ số, dấu cách, dấu chấm, gạch nối, ngoặc và dấu + ở đầu.",
            "A phone number has digits, spaces, dots, hyphens, brackets, and a + in front.",
        )
    return found


def dialled(kept: str) -> str:
    """Return a number as `tel:` has it (RFC 3966, section 3)."""
    return "".join(char for char in kept if char.isdigit() or char == "+")
