"""What became of a message, in words, and what to do about it."""

from controller.web.i18n.language import N_, Language

_WORDS = {
    "sent": N_("Delivered."),
    "partly": N_("Delivered, but the server refused some recipients: check their addresses."),
    "unreachable": N_("No connection: check address and port, and that the network lets us out."),
    "slow": N_("The other side does not answer in time."),
    "tls": N_("No encrypted connection: check the kind of encryption and the certificate."),
    "login": N_("The user or the password is not accepted."),
    "recipients": N_("The server accepts none of the recipients."),
    "address": N_("Apprise does not know such an address."),
    "refused": N_("The other side refused the message."),
    "failed": N_("It could not be sent: see the centre's log."),
    "unread": N_("It could not be read: see the centre's log."),
    "rejected": N_("The mailbox's server refused what was asked."),
    "folder": N_("There is no such folder in the mailbox."),
    "readonly": N_("The mailbox may be read only: letters cannot be marked as seen."),
    "removed": N_("The channel was removed."),
    "left": N_("The receiver was taken off the roster."),
}


def said_of(words: Language, kept: str) -> str:
    """Return an outcome, as it is kept, in words."""
    fate, _, detail = kept.partition(" ")
    text = words.gettext(_WORDS.get(fate, _WORDS["failed"]))
    return f"{text} ({detail})" if detail else text
