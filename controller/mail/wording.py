"""What became of a letter, in words, and what to do about it."""

from controller.mail.retrying import LetterState
from controller.mail.tables import MailLetter
from controller.web.elements import Badge
from controller.web.i18n.language import N_, Language

_PROBLEMS = {
    "unreachable": N_("No connection to the mail server: check its address and port."),
    "slow": N_("The mail server does not answer in time."),
    "tls": N_("No encrypted connection: check the kind of encryption and the certificate."),
    "login": N_("The user or the password is not accepted."),
    "recipients": N_("The mail server does not take this address."),
    "refused": N_("The mail server refused the letter."),
    "failed": N_("It could not be sent: see the centre's log."),
    "no_server": N_("No mail server is set."),
}
_STATES = {
    LetterState.WAITING: ("scheduled", "state-calm", N_("Waits")),
    LetterState.SENDING: ("scheduled", "state-calm", N_("Being sent")),
    LetterState.SENT: ("up", "state-up", N_("Sent")),
    LetterState.REFUSED: ("down", "state-down", N_("Refused")),
    LetterState.GIVEN_UP: ("down", "state-down", N_("Given up")),
    LetterState.REPLACED: ("cancelled", "state-calm", N_("Replaced by a newer one")),
}
_WHATS = {
    "request": N_("Invitation"),
    "update": N_("What has changed"),
    "cancel": N_("Cancellation"),
    "ask": N_("Rooms to agree to"),
}


def problem_of(words: Language, kept: str, said: str) -> str:
    """Return what is wrong, with the server's own word behind it; empty: nothing is."""
    if not kept:
        return ""
    fate, _, detail = kept.partition(" ")
    text = words.gettext(_PROBLEMS.get(fate, _PROBLEMS["failed"]))
    if said:
        return words.gettext("%(problem)s The server says: “%(said)s”", problem=text, said=said)
    return f"{text} ({detail})" if detail else text


def badge_of(words: Language, letter: MailLetter) -> Badge:
    """Return how a letter stands."""
    state = LetterState(letter.state)
    icon, css, word = _STATES[state]
    if state is LetterState.WAITING and letter.tries:
        return Badge("degraded", "state-degraded", words.gettext("Is tried again"))
    return Badge(icon, css, words.gettext(word))


def what_of(words: Language, letter: MailLetter) -> str:
    """Return what a letter is."""
    return words.gettext(_WHATS[letter.what])


def state_names(words: Language) -> dict[LetterState, str]:
    """Return what each state is called."""
    return {state: words.gettext(word) for state, (_, _, word) in _STATES.items()}
