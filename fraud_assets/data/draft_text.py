"""The text of a drafted contract: every guess says why beside it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from fraud_assets.data.draft import MAX_LEVELS, Guess, look

MOST_BELOW_ZERO = 0.01
"""Share of negative amounts above which they are likely refunds and no mistakes."""


def draft_contract(file: Path) -> str:
    """Text of a first contract for the transactions in `file`.

    Raises
    ------
    DataError
        If the file cannot be read, or no column looks like a label or a feature.
    """
    guess, rows = look(file)
    lines = [
        f"# Drafted from {quoted(file.name)} by looking at {rows:,} rows. Check every guess.",
        "format = 1",
        f"name = {quoted(_name(file))}",
        "",
        "[source]",
        f"path = {quoted(str(file))} # a folder, glob or URL works too",
        f"decimal = {quoted(guess.decimal)}",
        *_column_lines(guess),
        *_label_lines(guess),
        *_feature_lines(guess),
        *_rule_lines(guess),
        *_derived_lines(guess),
    ]
    if not guess.event_time:
        lines += ["", "[windows]", 'by = "shares" # no event time found: rows split at random']
    return "\n".join(lines) + "\n"


def quoted(value: object) -> str:
    """A text or list of texts as TOML writes it, whatever characters it holds."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _name(file: Path) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", file.stem.lower()).strip("_")
    return words if words[:1].isalpha() else f"team_{words}".rstrip("_")


def _column_lines(guess: Guess) -> list[str]:
    lines = ["", "[columns]"]
    if guess.id:
        lines.append(f"id = {quoted(guess.id)} # guess: different in every row")
    lines.append(_time_line(guess))
    if guess.sender:
        lines.append(f"sender = {quoted(guess.sender)} # guess: by its name; repeats across rows")
    if guess.amount:
        why = "guess: by its name; what a missed fraud costs"
        lines.append(f"amount = {quoted(guess.amount)} # {why}")
    return lines


def _time_line(guess: Guess) -> str:
    if guess.event_time is None:
        return "# event_time: no column looked like a time"
    name = quoted(guess.event_time)
    if guess.day_first:
        value = f"{{ column = {name}, day_first = true }}"
        return f"event_time = {value} # guess: dates fit both readings; false if months come first"
    if guess.unit == "timestamp":
        return f"event_time = {name} # guess: its name and its timestamps"
    if not guess.from_1970:
        value = f'{{ column = {name}, unit = "s", origin = 2000-01-01T00:00:00 }}'
        return f"event_time = {value} # guess: seconds; from which origin is yours to say"
    value = f'{{ column = {name}, unit = "{guess.unit}", origin = 1970-01-01T00:00:00 }}'
    return f"event_time = {value} # guess: by the size of its numbers, in UTC"


def _label_lines(guess: Guess) -> list[str]:
    positive, negative = guess.values
    lines = ["", "[label]"]
    lines.append(f"column = {quoted(guess.label)} # guess: by its name and its two values")
    lines.append(f"positive = {quoted(positive)} # guess: the rarer value means fraud")
    lines.append(f"negative = {quoted(negative)}")
    if guess.known_at:
        lines.append(f"known_at = {quoted(guess.known_at)} # guess: when the label became known")
    days = 14 if guess.event_time else 0
    lines.append(f"maturity_days = {days} # guess: then an unreported payment is legitimate")
    return lines


def _feature_lines(guess: Guess) -> list[str]:
    why = f"guess: text of at most {MAX_LEVELS} values"
    return [
        "",
        "[features]",
        f"numeric = {quoted([*guess.numeric, *_derived(guess)])}",
        f"categorical = {quoted(guess.categorical)} # {why}",
        *(f"# left out: {quoted(name)} ({why})" for name, why in guess.left_out.items()),
    ]


def _rule_lines(guess: Guess) -> list[str]:
    if guess.amount is None:
        return []
    if guess.below_zero > MOST_BELOW_ZERO:
        share = f"{guess.below_zero:.0%} of the amounts are negative"
        return ["", f"# no rule: {share}; where these are refunds, say how fraud shows in them"]
    return [
        "",
        "[rules.amount_not_negative] # guess: such rows go to quarantine, the others flow on",
        f"column = {quoted(guess.amount)}",
        "min = 0",
    ]


def _derived(guess: Guess) -> dict[str, str]:
    if not guess.event_time or not guess.sender:
        return {}
    sender = quoted(guess.sender)
    derived = {
        _free("sender_count_24h", guess): f'kind = "count"\nentity = {sender}\nwindow = "24h"\n'
        "include_current = true"
    }
    if guess.amount:
        derived[_free("sender_mean_30d", guess)] = (
            f'kind = "mean"\nof = {quoted(guess.amount)}\nentity = {sender}\nwindow = "30d"'
        )
    return derived


def _free(name: str, guess: Guess) -> str:
    """The name, or one like it that no column of the file has."""
    taken = {column.strip().casefold() for column in guess.columns}
    while name in taken:
        name += "_derived"
    return name


def _derived_lines(guess: Guess) -> list[str]:
    lines: list[str] = []
    for name, body in _derived(guess).items():
        lines += ["", f"[derived.{name}] # guess: what the sender did before", *body.splitlines()]
    return lines
