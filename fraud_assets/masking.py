"""Keeps passwords and tokens of URLs out of all that people and machines keep of them.

Every message raised on purpose passes through `without_secrets`; names of files through `public`;
what a driver says of a place, through the `Secrets` of that place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

HIDDEN = "***"

_USER = re.compile(
    r"(?<=://)[^\s'\"<>/@:]*:(?!:)(?:(?!::)[^\s'\"<>])*@"  # user:password@
    r"|(?<=://)[^\s'\"<>/@:]+@"  # a token alone
)
"""User and password before an "@". A password may hold slashes, as those of S3 often do."""

_QUERY = re.compile(r"(://[^\s'\"<>?]*)\?[^\s'\"<>]*=[^\s'\"<>]*?(?=::|[\s'\"<>]|$)")
"""What follows "?" in a URL, where it names values; a "?" of a pattern names none."""

_SHORTEST = 3
"""A shorter secret is no secret, and hiding it would hide the sentence."""


def without_secrets(text: str) -> str:
    """The text with user, password and query of each URL in it hidden."""
    if "://" not in text:
        return text
    return _QUERY.sub(rf"\1?{HIDDEN}", _USER.sub(f"{HIDDEN}@", text))


def public(location: str) -> str:
    """A path or URL as people may see it: no user, no password, no query."""
    if "://" not in location:
        return location
    return without_secrets(location).replace(f"{HIDDEN}@", "").replace(f"?{HIDDEN}", "")


@dataclass(frozen=True)
class Secrets:
    """The values that must not be seen, each with what stands for it, the longest first."""

    hidden: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, location: str, settings: dict[str, str] | None = None) -> Secrets:
        """The secrets of a URL; `settings` are environment variables that it was made from."""
        if "://" not in location:
            return cls()
        named = {value: f"${{{name}}}" for name, value in (settings or {}).items()}
        found = dict.fromkeys(_parts(location), HIDDEN) | named
        known = [(secret, shown) for secret, shown in found.items() if len(secret) >= _SHORTEST]
        return cls(tuple(sorted(known, key=lambda pair: -len(pair[0]))))

    def mask(self, text: str) -> str:
        """The text without these secrets, and without those of any URL in it."""
        for secret, shown in self.hidden:
            text = text.replace(secret, shown)
        return without_secrets(text)


NO_SECRETS = Secrets()


def _parts(location: str) -> list[str]:
    """User with password, password, query and its values, each as written and decoded."""
    found: list[str] = []
    for match in _USER.findall(location):
        user = match.removesuffix("@")
        found += [user, user.partition(":")[2]]
    for url in location.split("::"):
        query = url.partition("://")[2].partition("?")[2]
        if "=" in query:
            found += [query, *(pair.partition("=")[2] for pair in re.split("[&;]", query))]
    return [*found, *map(unquote, found)]
