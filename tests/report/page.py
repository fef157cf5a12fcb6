"""Reads a report page: shown numbers, and text apart from numbers, pictures and code."""

from __future__ import annotations

import math
import re
from html.parser import HTMLParser
from typing import Any

from fraud_assets.report import numbers
from fraud_assets.report.numbers import SPACE

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """`shown`: (path, full value, text, enclosing classes) of each number; `words`: other text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.shown: list[tuple[str, str, str]] = []
        self.rates: list[list[str]] = []
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag in VOID:
            return
        self.tags.append((tag, attributes))
        if tag == "span" and attributes.get("class") == "rate":
            self.rates.append([])
        if tag == "data":
            self.shown.append((attributes["data-path"] or "", attributes["value"] or "", ""))
            if self._inside("span", "rate"):
                self.rates[-1].append(attributes["data-path"] or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self.tags and self.tags.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        names = [tag for tag, _ in self.tags]
        if names and names[-1] == "data":
            path, value, text = self.shown[-1]
            self.shown[-1] = (path, value, text + data)
        elif not {"style", "svg", "title", "code"} & set(names):
            self.words.append(data)

    def _inside(self, tag: str, class_: str) -> bool:
        return any(name == tag and a.get("class") == class_ for name, a in self.tags)


def at(report: Any, path: str) -> Any:
    """The value at a path of report.json; keys may hold dots."""
    if not path:
        return report
    if isinstance(report, list):
        index, _, rest = path.partition(".")
        return at(report[int(index)], rest)
    for key in sorted(report, key=len, reverse=True):
        if path == key or path.startswith(f"{key}."):
            return at(report[key], path[len(key) + 1 :])
    raise KeyError(path)


def read(text: str) -> tuple[float, float]:
    """The number that a reader reads, and half a unit of its last digit."""
    percent = text.endswith("%")
    plain = text.removesuffix("%").removesuffix("ms").replace(SPACE, " ").replace(",", "").strip()
    plain = plain.split(" ")[-1]
    mantissa, _, exponent = plain.partition("e")
    digits = len(mantissa.partition(".")[2])
    half = 0.5 * 10.0 ** (int(exponent or 0) - digits) / (100 if percent else 1)
    return float(plain) / (100 if percent else 1), half


def strings(report: Any) -> set[str]:
    """All texts of the report, and the forms in which the page shows them."""
    if isinstance(report, str):
        forms = {report, report.replace("_", " "), report.replace("T", " ")[:16]}
        forms.add(report.replace("T", " ")[:16].removesuffix(" 00:00"))
        return forms | {numbers.short(report, 12)}
    if isinstance(report, dict):
        keys = (strings(key) for key in report)
        return set().union(*keys, *(strings(value) for value in report.values()))
    if isinstance(report, list):
        return set().union(*(strings(value) for value in report))
    return set()


def check_numbers(report: Any, html: str) -> None:
    """Each shown number is report.json's at its path, and its text is that number rounded."""
    page = Page(html)
    assert page.shown or not report
    for path, value, text in page.shown:
        expected = at(report, path)
        assert float(value) == expected, path
        shown, half = read(text)
        assert abs(shown - expected) <= half * 1.0001 + 1e-12 * abs(expected), (path, text)


def check_words(report: Any, html: str) -> None:
    """Apart from shown numbers and the report's own texts there is no digit."""
    known = sorted(strings(report) - {""}, key=len, reverse=True)
    for words in Page(html).words:
        rest = words
        for text in known:
            rest = rest.replace(text, "")
        assert not re.search(r"\d", rest.replace("p95", "")), rest


def check_rates(report: Any, html: str) -> None:
    """Each rate stands with both ends of its interval and its n, where they are finite."""
    for rate in Page(html).rates:
        owner = rate[-1].rsplit(".", 1)[0]
        there = [key for key in ("value", "low", "high", "n") if _finite(at(report, owner)[key])]
        assert rate == [f"{owner}.{key}" for key in there]


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
