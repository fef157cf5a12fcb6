"""The form of a contract with awkward names: text that is markup, spaces, no legitimate value."""

from __future__ import annotations

from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

from fraud_assets.scoring.places import LevelPlaces, NumberPlaces
from fraud_assets.scoring.spec import Categorical, Numeric, Wording
from fraud_assets.service.pages.fields import render_fields

ATTACK = '"><img src=x onerror=alert(1)>'
WORDS = Wording("CODE", "", "", "")


class Tags(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def drawn(*features: Any, places: Any = (), example: dict[str, object] | None = None) -> Tags:
    scorer: Any = SimpleNamespace(spec=SimpleNamespace(features=features), places=places)
    return Tags(render_fields(scorer, example or {}))


def number(name: str) -> Numeric:
    return Numeric(name, ATTACK, WORDS, median=1.0, mean=0.0, scale=1.0, position=0)


def text(name: str) -> Categorical:
    return Categorical(name, "", WORDS, {ATTACK: (1.0,), "b": (0.0,)}, (0.0,), position=1)


def test_names_that_are_markup_or_hold_spaces_stay_text_and_fields_keep_their_labels() -> None:
    """Each input has an id without spaces that its label and description name."""
    tags = drawn(number(ATTACK), text("land of birth"), number("plain_name")).seen

    assert {tag for tag, _ in tags} == {"p", "label", "input", "span", "datalist", "option"}
    inputs = [attributes for tag, attributes in tags if tag == "input"]
    assert [i["name"] for i in inputs] == [ATTACK, "land of birth", "plain_name"]
    ids = {str(attributes["id"]) for _, attributes in tags if "id" in attributes}
    assert not any(" " in identity for identity in ids)
    assert {a["for"] for tag, a in tags if tag == "label"} == {i["id"] for i in inputs}
    assert {i["aria-describedby"] for i in inputs} <= ids


def test_what_training_saw_stands_at_the_field() -> None:
    """A number's least and most with what lies between; a text's most usual level."""
    points = [float(i) for i in range(101)]
    tags = drawn(
        number("a"), text("b"),
        places=(NumberPlaces(points, 0.0), LevelPlaces({ATTACK: 0.2, "b": 0.8}, 0.0)),
    ).seen  # fmt: skip

    first, second = (attributes for tag, attributes in tags if tag == "input")
    quantiles = [float(part) for part in str(first["data-quantiles"]).strip("[]").split(",")]
    assert (quantiles[0], quantiles[-1], len(quantiles)) == (0.0, 100.0, 21)
    assert second["data-usual"] == "b"


def test_without_places_a_field_warns_of_nothing() -> None:
    """A winner without tables, and a number that no legitimate payment has."""
    for places in ((), (NumberPlaces([], 1.0),)):
        (attributes,) = (a for tag, a in drawn(number("a"), places=places).seen if tag == "input")
        assert attributes["data-quantiles"] == "[]"
