"""Keeps passwords and tokens of URLs out of all that people and machines keep of them.

Every message raised on purpose passes through `without_secrets`; names of files through `public`;
what a driver says of a place, through the `Secrets` of that place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

HIDDEN = "***"

_SCHEMES = ("s3", "tcp", "tls", "http", "https", "redis", "rediss", "valkey", "postgresql")
_AFTER = "|".join(
    [
        *(r"(?<=://)", r"(?<=[A-Za-z0-9]{2}:/)(?!/)", r"(?<=[A-Za-z0-9]{2}//)"),
        *(f"(?<=(?i:{scheme})/)(?!/)" for scheme in _SCHEMES),
    ]
)
_AFTER = f"(?:{_AFTER})"
"""Behind the scheme: a path that was made of a URL has lost a slash, a hasty hand the colon."""

_USER = re.compile(
    rf"{_AFTER}[^\s'\"<>/@:]*:(?!:)(?:(?!::)[^\s'\"<>])*@"  # user:password@
    rf"|{_AFTER}[^\s'\"<>/@:]+@"  # a token alone
)
"""User and password before an "@". A password may hold slashes, as those of S3 often do."""

_KEYWORD = re.compile(
    r"(?i)\b(?P<name>(?:ssl)?password|passwd|pwd)\s*=\s*"
    r"(?P<value>''[^']+''|'(?:[^'\\]|''|\\.)+'|(?!\*\*\*)[^\s'\"<>&;,)]+)"
)
"""A password as the words of a connection have it: host=... password=..."""

_URL = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]+:(?:/|[^/]*@)"
    rf"|(?i:{'|'.join(_SCHEMES)})//"  # without its colon
    r"|[A-Za-z0-9+.-]*/{0,2}[^/]*:[^/]*@"  # a user and a password
)

_TEXT, _END = r"[^\s'\"<>]", r"(?=::|[\s'\"<>]|$)"
_QUERY = re.compile(
    rf"(://[^\s'\"<>?#;]*)[?#;]{_TEXT}*={_TEXT}*?{_END}"  # it names values
    rf"|((?<=http)s?://[^\s'\"<>?#]*)[?#]{_TEXT}+?{_END}"  # no patterns there
    rf"|(://[^\s'\"<>?#]*\.\w{{2,8}})\?{_TEXT}+?{_END}"  # behind the ending of a file
)
"""What follows "?", "#" or ";" in a URL and may be a token; a "?" of a pattern is none."""

_REFERENCE = "${"
"""How a contract names an environment variable."""

_SHORTEST = 3
"""A shorter secret is no secret, and hiding it would hide the sentence."""


def without_secrets(text: str) -> str:
    """The text with user, password and query of each URL in it hidden."""
    if "@" in text:
        text = _USER.sub(f"{HIDDEN}@", text)
    if "://" in text:
        text = _QUERY.sub(_without_query, text)
    return _KEYWORD.sub(rf"\g<name>={HIDDEN}", text) if "=" in text else text


def _without_query(match: re.Match[str]) -> str:
    return f"{match[1] or match[2] or match[3]}?{HIDDEN}"


def is_url(text: str) -> bool:
    """Whether somebody means a URL, its slashes forgotten or not, rather than a folder or file."""
    return _URL.match(text.strip()) is not None


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
        """The secrets of a URL or a query; `settings` are environment variables it is made from."""
        if "://" not in location and not _KEYWORD.search(location):
            return cls()
        named = {value: f"${{{name}}}" for name, value in (settings or {}).items()}
        found = dict.fromkeys(_parts(location), HIDDEN) | named
        known = [(secret, shown) for secret, shown in found.items() if len(secret) >= _SHORTEST]
        return cls(tuple(sorted(known, key=lambda pair: -len(pair[0]))))

    @property
    def literal(self) -> Secrets:
        """Those that stand there themselves, rather than the name of a variable that holds them."""
        return Secrets(tuple(pair for pair in self.hidden if _REFERENCE not in pair[0]))

    def mask(self, text: str) -> str:
        """The text without these secrets, and without those of any URL in it."""
        for secret, shown in self.hidden:
            text = text.replace(secret, shown)
        return without_secrets(text)


NO_SECRETS = Secrets()


_PIECES = re.compile("[/?#@:]")


def _parts(location: str) -> list[str]:
    """User with password, password, query and its values, each as written and decoded.

    Of a password that holds what separates the parts of a URL each piece too: a driver that takes
    it apart there names a piece in its complaint.
    """
    found: list[str] = []
    for match in _USER.findall(location):
        name, _, password = match.removesuffix("@").partition(":")
        found += [match.removesuffix("@"), password or name, *_PIECES.split(password)]
    for match in _QUERY.finditer(location):
        query = match[0].removeprefix(match[1] or match[2] or match[3])
        found += [query[1:], *(pair.rpartition("=")[2] for pair in re.split("[?#&;]", query))]
    found += [match["value"].strip("'") for match in _KEYWORD.finditer(location)]
    return [*found, *map(unquote, found)]
