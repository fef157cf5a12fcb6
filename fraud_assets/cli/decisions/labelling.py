"""`decisions label`: send a file of labels to the service, which keeps them on record."""

from __future__ import annotations

import http.client
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fraud_assets.cli._common.command import Arguments, Commands
from fraud_assets.cli._printing import print_json
from fraud_assets.cli.decisions._command import add_log_command, as_time
from fraud_assets.errors import RecordError, UsageError

if TYPE_CHECKING:
    from fraud_assets.data.labels import FiledLabels
    from fraud_assets.documents.decision import Label

_BATCH, _SECONDS, _MOST_NAMED = 500, 60, 10


@dataclass
class _Taken:
    """What POST /labels answers; summed over the batches of a file."""

    accepted: int = 0
    repeated: int = 0
    unknown: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, other: _Taken) -> None:
        self.accepted += other.accepted
        self.repeated += other.repeated
        self.unknown += other.unknown
        self.refused.update(other.refused)


def register(commands: Commands) -> None:
    """Add the subcommand."""
    text = "send a file of labels to the service, which keeps each on record"
    parser = add_log_command(commands, "label", _label, text)
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="a table with the contract's columns of payment id, label, and time of report",
    )
    parser.add_argument(
        "--url",
        default="http://127.0.0.1:8000",
        help="where the service answers (%(default)s); its key is FRAUD_ASSETS_API_KEY",
    )


def _label(args: Arguments) -> int:
    from fraud_assets.contract import load_contract
    from fraud_assets.data.labels import labels_in

    found = labels_in(args.file, load_contract(), time.time_ns() // 1000)
    taken = _Taken()
    for answer in _sent(found.labels, args.url):
        taken.add(answer)
    if args.json:
        print_json(asdict(taken) | {"broken": dict(found.broken), "silent": found.silent})
    else:
        for line in _lines(taken, found):
            print(line)
    return 1 if found.broken or taken.refused else 0


def _lines(taken: _Taken, found: FiledLabels) -> Iterator[str]:
    yield (
        f"{taken.accepted:,} labels accepted, {taken.repeated:,} were on record already, "
        f"{found.silent:,} rows say nothing."
    )
    if taken.unknown:
        named = ", ".join(taken.unknown[:_MOST_NAMED])
        yield f"{len(taken.unknown):,} are of payments that were not decided here: {named}."
    for rule, rows in found.broken.items():
        yield f"{rows:,} rows were not sent: {rule}."
    for rule, rows in taken.refused.items():
        yield f"{rows:,} labels were refused: {rule}."


def _sent(labels: Sequence[Label], url: str) -> Iterator[_Taken]:
    """The service's answers, batch by batch; a label sent twice is no second label."""
    place = urlsplit(url)
    if place.scheme not in {"http", "https"} or not place.hostname:
        raise UsageError(f"--url must be an http or https address, got {url!r}.")
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = kind(place.hostname, place.port, timeout=_SECONDS)
    try:
        for start in range(0, len(labels), _BATCH):
            yield _posted(connection, place.path.rstrip("/"), labels[start : start + _BATCH])
    except (OSError, http.client.HTTPException) as error:
        raise RecordError(
            f"The service at {url} does not answer ({error}): start it, or name it with --url, and "
            "run this again; labels that it has are not kept twice."
        ) from error
    finally:
        connection.close()


def _posted(connection: http.client.HTTPConnection, prefix: str, labels: Sequence[Label]) -> _Taken:
    import msgspec

    said = [
        {"payment_id": x.payment_id, "is_fraud": x.is_fraud, "known_at": as_time(x.known_at)}
        for x in labels
    ]
    headers = {"content-type": "application/json"}
    if key := os.environ.get("FRAUD_ASSETS_API_KEY"):
        headers["authorization"] = f"Bearer {key}"
    connection.request("POST", f"{prefix}/labels", msgspec.json.encode({"labels": said}), headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status == http.client.UNPROCESSABLE_ENTITY and (at := _refused(body)):
        sound = [label for number, label in enumerate(labels) if number not in at]
        taken = _posted(connection, prefix, sound) if sound else _Taken()
        taken.add(_Taken(refused=Counter(at.values())))
        return taken
    if answer.status != http.client.OK:
        raise RecordError(f"The service did not take the labels: {answer.status} {body.decode()}")
    return msgspec.json.decode(body, type=_Taken)


def _refused(body: bytes) -> dict[int, str]:
    """Numbers of labels that the service refuses, and by which rule; empty where it is another."""
    import msgspec

    try:
        faults = [(fault["loc"][2], fault["type"]) for fault in msgspec.json.decode(body)["detail"]]
    except (msgspec.MsgspecError, KeyError, IndexError, TypeError):
        return {}
    return {at: rule for at, rule in faults if isinstance(at, int)}
