"""What PostgreSQL refuses, in sentences that say what to do next; its codes are its own.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

from fraud_assets.contract.sections.source import Source
from fraud_assets.data.source.place import first_line

_ADVICE = {
    "42P01": "Correct source.{what}; a table of another schema is named as schema.table.",
    "3F000": "Correct the schema in source.{what}.",
    "42703": "Correct the query, or the contract's columns.",
    "42601": "Correct source.{what}; it must be one SELECT, with no semicolon inside.",
    "42501": "Ask for the right: GRANT SELECT on it, and USAGE on its schema, to the URL's user.",
    "57014": "Give the user a longer statement_timeout, put an index on the event time, or set "
    "source.reach so that fewer rows are asked for.",
    "25006": "A source is only read: let the query be a SELECT that changes nothing.",
    "57P01": "The server was stopped meanwhile; run it again once it is up.",
    "53300": "The server has no connection left; run it again later, or raise max_connections.",
    "40001": "The server is a standby that had to give way; run it again, or read the primary.",
}
_WHILE_READING = {
    "statement timeout": "57014",
    "permission denied": "42501",
    "read-only transaction": "25006",
    "terminating connection": "57P01",
    "conflict with recovery": "40001",
}
"""Codes by the server's words: an error amid the rows comes through Arrow, without its code."""

_CONNECTING = (
    ("password", "Correct user and password in {variable}, or set PGPASSWORD."),
    ("does not exist", "Correct the user or the database in {variable}."),
    ("no pg_hba.conf entry", "Let the server's pg_hba.conf admit this machine and user."),
    ("ssl", "Correct sslmode in {variable}, or the server's certificate."),
    ("", "See that it runs and can be reached from here, and that {variable} names it."),
)


def sentence_of(error: BaseException, source: Source) -> str:
    """One sentence and its advice; the words of the server may hold a name, never a value."""
    what, variable = ("table" if source.table is not None else "query"), source.database
    code = getattr(error, "sqlstate", None) or next(
        (known for words, known in _WHILE_READING.items() if words in str(error)), None
    )
    if code in _ADVICE:
        rule = f"source.{what} must be readable in the database of {variable}, but is not"
        return f"{rule}: {_server_words(error)}. {_ADVICE[code].format(what=what)}"
    said = _plain(first_line(error))
    if "Failed to connect" in str(error):
        said = said.partition("Failed to connect: ")[2] or said
        advice = next(advice for word, advice in _CONNECTING if word in said.lower())
        return (
            f"The database of {variable} must be reached to read source.{what}, but cannot: "
            f"{said}. {advice.format(variable=variable)}"
        )
    if code is not None:
        return (
            f"source.{what} must be readable in the database of {variable}, but the server says: "
            f"{_server_words(error)} ({code}). Correct source.{what}, or ask who runs the server."
        )
    return (
        f"Reading source.{what} from the database of {variable} must come to its end, but stopped "
        f"({_plain(type(error).__name__)}: {said}). Run it again once the server is up."
    )


def _server_words(error: BaseException) -> str:
    """The server's own first words, without the statement and without the values of a row."""
    for name, value in getattr(error, "details", None) or ():
        if name == "PG_DIAG_MESSAGE_PRIMARY":
            return _plain(bytes(value).decode(errors="replace"))
    return _plain(first_line(error).rpartition("ERROR: ")[2])


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".")
