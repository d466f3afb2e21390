"""Why somebody who came from the provider of identities was not let in."""

from enum import Enum


class ProviderRefusal(Enum):
    """The reason, as it stands in the audit log and in the address of the sign-in page."""

    DOWN = "provider_down"
    DECLINED = "provider_declined"
    LOST = "attempt_lost"
    NOT_BELIEVED = "not_believed"
    UNKNOWN = "person_unknown"
    WAITING = "person_waiting"
    DISABLED = "person_disabled"
    NOT_ALLOWED = "person_not_allowed"
    ANOTHER = "another_identity"
    SETUP = "provider_setup"
    TOO_MANY = "too_many_tries"


class ProviderRefused(Exception):
    """Somebody is not let in.

    `why`: for the log of the server, never a token or a code. `name`: who they say they are;
    `is_made`: an account was made for them just now.
    """

    def __init__(
        self, refusal: ProviderRefusal, why: str = "", *, name: str = "", is_made: bool = False
    ) -> None:
        self.refusal, self.why, self.name, self.is_made = refusal, why, name, is_made
        super().__init__(f"{refusal.value}: {why}" if why else refusal.value)
