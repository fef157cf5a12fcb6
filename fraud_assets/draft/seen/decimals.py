"""The decimal sign of numbers that are written as text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fraud_assets.draft.guess import Guess, Question
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.toml import assigned, quoted

_ONE = r"[-+]?\d+{sign}(?:\d{{1,2}}|\d{{4,}})"
_ZERO = r"[-+]?0{sign}\d+"
_BOTH = r"[-+]?\d{{1,3}}(?:{other}\d{{3}})+{sign}\d+"


def find_decimal(columns: Iterable[Facts]) -> tuple[Guess, list[Question]]:
    """The decimal sign of numbers written as text.

    "12,5", "0,125" and "1.234,50" can be read one way only; "1,234" could be either.
    """
    votes = {".": 0, ",": 0}
    open_ = [0, ""]
    for facts in (facts for facts in columns if facts.is_text and facts.present):
        for sign, other in ((".", ","), (",", ".")):
            forms = (form.format(sign=re.escape(sign), other=re.escape(other))
                     for form in (_ONE, _ZERO, _BOTH))  # fmt: skip
            share = facts.share("|".join(forms))
            votes[sign] += round(share * facts.present) if share > 0.02 else 0
        if facts.share(r"[-+]?[1-9]\d{0,2}[.,]\d{3}|\d+") > 0.95:
            grouped = facts.text[facts.text.str.contains("[.,]")]
            if len(grouped) > open_[0]:  # type: ignore[operator]
                open_ = [len(grouped), f"{facts.name}: {grouped.iloc[0]}"]
    return _decided(votes, str(open_[1]))


def _decided(votes: dict[str, int], example: str) -> tuple[Guess, list[Question]]:
    best = "," if votes[","] > votes["."] else "."
    other = "." if best == "," else ","
    if votes[best] and not votes[other]:
        return Guess(best, f"{votes[best]:,} of the numbers looked at show it", "sure"), []
    if votes[best]:
        why = f"{votes[best]:,} numbers looked at show it, but {votes[other]:,} show the other"
    elif example:
        why = f"nothing shows it, and numbers such as {quoted(example)} read both ways"
    else:
        return Guess(best, "no number written as text needs another", "likely"), []
    text = f"The decimal sign is drafted as {quoted(best)}: {why}. Is that right?"
    return Guess(best, why, "doubtful"), [
        Question("source.decimal", text, (assigned("decimal", other),))
    ]
