"""A cookie of this host alone, which no script reads.

Plain HTTP is served on loopback only. Over HTTPS the prefix binds the cookie to this host and to
HTTPS, so that no neighbour can give a browser another one's.
"""

from dataclasses import dataclass

from fastapi import Request, Response


def is_https(request: Request) -> bool:
    """Return whether a request came over HTTPS."""
    return request.url.scheme == "https"


@dataclass(frozen=True, slots=True)
class HostCookie:
    """`name`: over plain HTTP. `kept_s`: how long a browser has it; None: until it is closed."""

    name: str
    kept_s: int | None = None

    @property
    def https_name(self) -> str:
        """Its name over HTTPS."""
        return f"__Host-{self.name}"

    def shown_by(self, request: Request) -> str | None:
        """Return what a browser shows; None: nothing."""
        return request.cookies.get(self.https_name if is_https(request) else self.name)

    def give(self, response: Response, request: Request, text: str) -> None:
        """Have the browser show something from now on."""
        is_secure = is_https(request)
        response.set_cookie(
            self.https_name if is_secure else self.name,
            text,
            max_age=self.kept_s,
            httponly=True,
            secure=is_secure,
            samesite="lax",
            path="/",
        )
