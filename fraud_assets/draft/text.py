"""The text of a drafted contract: questions first, and beside every guess its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from fraud_assets.contract.sections.source import Source
from fraud_assets.draft.guess import Guess
from fraud_assets.draft.look import FirstLook
from fraud_assets.draft.toml import assigned, quoted, scalars
from fraud_assets.modelling.leaks.names import plain_words
from fraud_assets.values.counted import counted

MOST_BELOW_ZERO = 0.01
"""Share of negative amounts above which they are likely refunds and no mistakes."""


def contract_text(found: FirstLook) -> str:
    """A contract that reads the source it was drafted from."""
    lines = [
        *_opening(found),
        "format = 1",
        f"name = {quoted(_name(found.source))}",
        *_source_lines(found),
        *_column_lines(found),
        *_label_lines(found),
        *_feature_lines(found),
        *_rule_lines(found),
        *_derived_lines(found),
    ]
    if found.clocks.event is None:
        lines += ["", "[windows]", 'by = "shares" # without an event time rows split at random']
    elif found.clocks.is_short:
        why = f"{found.clocks.span_days:.1f} days are too few for windows of days"
        lines += ["", "[windows]", f'by = "shares" # in time order; {why}']
    return "\n".join(lines) + "\n"


def _opening(found: FirstLook) -> Iterator[str]:
    sample = found.sample
    yield (
        f"# Drafted from {quoted(_last_part(found.source))} ({sample.origin}) by looking at "
        f"{sample.looked_at:,} of {counted(sample.read, 'row')}."
    )
    if sample.no_rows:
        rules = ", ".join(f"{rule} ({n:,})" for rule, n in sample.no_rows.most_common())
        one, many = (
            "line of these files is no row and goes",
            "lines of these files are no rows and go",
        )
        went = counted(sample.no_rows.total(), one, many)
        yield from _wrapped(f"{went} to quarantine: {rules}.")
    yield "# Each guess says how sure it is: sure, likely, or doubtful, which is a question here."
    for at, question in enumerate(found.questions, 1):
        yield "#"
        yield from _wrapped(f"QUESTION {at} ({question.key}): {question.text}")
        yield from (f"#     instead: {line}" for line in question.instead)
    yield ""


def _wrapped(text: str, width: int = 96) -> Iterator[str]:
    line = "#"
    for word in text.split(" "):
        if len(line) + 1 + len(word) > width and line not in ("#", "#  "):
            yield line
            line = "#  "
        line += f" {word}"
    yield line


def _last_part(source: Source) -> str:
    """A file or folder by its own name, a table or query as such."""
    return source.path if source.is_database else Path(source.path).name


def _name(source: Source) -> str:
    if source.is_database:
        stem = (source.table or "payments").rpartition(".")[2]
    else:
        stem = re.sub(r"(\.[a-z0-9]{2,7})+$", "", Path(source.path.rstrip("/*")).name)
    words = plain_words(stem) or "contract"
    return words if words[:1].isalpha() else f"team_{words}".rstrip("_")


def _set(key: str, guess: Guess) -> str:
    return f"{assigned(key, guess.value)} # {guess.comment()}"


def _source_lines(found: FirstLook) -> Iterator[str]:
    yield from ("", "[source]", *_place_lines(found.source))
    yield from (_set(key, guess) for key, guess in found.sample.settings.items())


def _place_lines(source: Source) -> Iterator[str]:
    if source.table is not None:
        yield f'table = {quoted(source.table)} # or: query = "SELECT ..."'
    elif source.query is not None:
        yield f"query = {quoted(source.query)}"
    else:
        yield f"path = {quoted(source.path)} # a folder, glob or URL works too"
    if source.is_database:
        yield f"database = {quoted(source.database)} # the environment variable with the URL"


def _column_lines(found: FirstLook) -> Iterator[str]:
    roles = found.roles
    yield from ("", "[columns]")
    if roles.id:
        yield _set("id", roles.id)
    yield _time_line(found)
    if roles.sender:
        yield _set("sender", roles.sender)
    if roles.amount:
        yield _set("amount", roles.amount)
    if roles.currency:
        yield _set("currency", roles.currency)


def _time_line(found: FirstLook) -> str:
    clocks = found.clocks
    if clocks.event is None:
        return "# event_time: no column looked like a time"
    sure = "doubtful" if any(q.key == "columns.event_time" for q in clocks.questions) else "likely"
    return f"event_time = {clocks.event_toml} # {sure}: {clocks.why}"


def _label_lines(found: FirstLook) -> Iterator[str]:
    label, clocks = found.label, found.clocks
    rows = sum((*label.positive.values(), *label.negative.values(), *label.undecided.values()))
    yield from ("", "[label]", f"column = {quoted(label.column)} # {label.sure}: by {label.why}")
    share = (
        f"{label.frauds:,} of {counted(rows, 'labelled row')}, {label.frauds / max(rows, 1):.2%}"
    )
    yield f"{scalars('positive', list(label.positive))} # {share}"
    yield (
        f"{scalars('negative', list(label.negative))} # "
        f"{counted(sum(label.negative.values()), 'row')}"
    )
    if label.undecided:
        open_rows = f"{counted(sum(label.undecided.values()), 'row')} that nobody has judged yet"
        yield f"{scalars('undecided', list(label.undecided))} # doubtful: {open_rows}"
    if label.blank:
        yield f"# {counted(label.blank, 'row has', 'rows have')} no label"
    if clocks.known_at is not None:
        yield f"known_at = {clocks.known_toml} # likely: when the label became known"
    yield f"maturity_days = {clocks.maturity.value} # {clocks.maturity.comment()}"


def _feature_lines(found: FirstLook) -> Iterator[str]:
    roles = found.roles
    yield from ("", "[features]")
    yield assigned("numeric", [*roles.numeric, *_derived(found)])
    yield assigned("categorical", list(roles.categorical))
    if roles.case:
        yield _set("case", roles.case)
    yield from (f"# {quoted(name)}: {why}" for name, why in roles.categorical.items()
                if not why.startswith("text"))  # fmt: skip
    yield from (f"# left out: {quoted(name)} ({why})" for name, why in roles.left_out.items())


def _rule_lines(found: FirstLook) -> Iterator[str]:
    roles = found.roles
    if roles.amount is None:
        return
    if roles.below_zero > MOST_BELOW_ZERO:
        share = f"{roles.below_zero:.0%} of the amounts are negative"
        yield from ("", f"# no rule: {share}; where these are refunds, say how fraud shows in them")
        return
    yield from ("", "[rules.amount_not_negative] # such rows go to quarantine, the others flow on")
    yield from (assigned("column", roles.amount.value), "min = 0")


def _derived(found: FirstLook) -> dict[str, list[str]]:
    """Features of the past: what the sender did, and the age of what began before."""
    roles, clocks = found.roles, found.clocks
    if clocks.event is None:
        return {}
    derived: dict[str, list[str]] = {}
    if roles.sender:
        entity = assigned("entity", roles.sender.value)
        short = "7d" if clocks.event.is_day and clocks.clock is None else "24h"
        name = _free(f"sender_count_{short}", found)
        derived[name] = ['kind = "count"', entity, f'window = "{short}"', "include_current = true"]
        if roles.amount:
            of = assigned("of", roles.amount.value)
            derived[_free("sender_mean_30d", found)] = [
                'kind = "mean"', of, entity, 'window = "30d"'
            ]  # fmt: skip
    for since in clocks.since:
        name = _free(f"{plain_words(since) or 'since'}_age_days", found)
        derived[name] = ['kind = "age"', assigned("since", since), 'unit = "days"']
    return derived


def _free(name: str, found: FirstLook) -> str:
    """The name, or one like it that no column of the files has."""
    taken = {column.strip().casefold() for column in found.sample.names}
    while name in taken:
        name += "_derived"
    return name


def _derived_lines(found: FirstLook) -> Iterator[str]:
    for name, body in _derived(found).items():
        yield from ("", f"[derived.{name}]", *body)
