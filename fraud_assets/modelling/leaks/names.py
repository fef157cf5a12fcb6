"""Names of columns that speak of fraud, of the label, or of what is filled in after a payment.

A name is compared in small ASCII words: "isFraud", "Is Fraud?" and "IS_FRAUD" are all `is_fraud`.
The words are those of English, German, Spanish and French exports.
"""

from __future__ import annotations

import re
import unicodedata


def plain_words(name: object) -> str:
    """A name in small ASCII words joined by underscores, without accents."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", str(name).strip())
    text = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")


def words(*patterns: str) -> re.Pattern[str]:
    """Any of the words, each whole; they may be patterns themselves."""
    return re.compile(rf"(?:^|_)(?:{'|'.join(patterns)})(?:_|$)")


FRAUD = words(
    r"i?s?fraud\w*", r"betrug\w*", r"betrueg\w*", "frode", r"fraudul\w*", r"estafa\w*", "scam",
    r"charge_?backs?", r"charged_?back", "cbk?", r"launder\w*", "illicit", r"contracargo\w*",
    "ruckbuchung", "ruckbelastung", "impaye", "frodi", r"bedrog\w*", r"bedrageri\w*", r"svindel\w*",
    r"svindler\w*", r"oszust\w*", r"podvod\w*", r"dolandir\w*", r"sahtecilik\w*", r"csalas\w*",
    "petos", "golpe",
)  # fmt: skip
"""Names that speak of fraud."""

LABEL = re.compile(
    r"^(?:class|klasse|clase|classe|target|y|label|outcome|truth|ground_truth|ziel|objetivo|cible"
    r"|etiqueta|kennzeichen|bad|gold|response)$|_(?:label|target|class_label)$|^(?:label|target)_"
)
"""Names that a label has when it does not speak of fraud."""

AFTERWARDS = words(
    "status", "reason", "grund", "motivo", "motif", r"refund\w*", r"erstatt\w*", r"reembols\w*",
    r"reversal\w*", "reversed", r"disput\w*", r"resol\w*", "decision", "entscheidung", "verdict",
    "outcome", "result", "ergebnis", r"reviews?", r"reviewe[dr]", r"investigat\w*", "case", "alert",
    r"block\w*", r"declin\w*", r"reject\w*", "flagged", r"recover\w*", "loss", "verlust",
    r"settle\w*", r"closed?", r"closing", r"write_?offs?", "estado", "statut", "representment",
    "new_?balance", r"newbalance\w*", "flag", r"cancel\w*", r"confirm\w*", r"comments?", "note",
    "notes", r"dispos\w*", r"report(?:ed|s)?", r"return(?:ed|s)?", r"victim\w*", r"updated?",
    r"modified", r"changed", r"geandert", r"actualizad[oa]", r"analyst\w*", r"agent", r"ticket\w*",
    r"complain\w*", r"appeal\w*", r"escalat\w*", r"evidence", r"police", r"reimburs\w*", "final",
    r"compensat\w*", r"arbitrat\w*", r"handled", r"bearbeit\w*", r"litig\w*", "assigned",
)  # fmt: skip
"""Names of what is often filled in only after somebody looked at the payment."""


def is_suspect(name: str) -> bool:
    """Whether a name such as "refundReason" or "is_blocked" speaks of what came after."""
    return any(pattern.search(plain_words(name)) for pattern in (FRAUD, LABEL, AFTERWARDS))
