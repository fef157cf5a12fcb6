from __future__ import annotations

import math
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from fraud_assets.documents.reason import Reason
from fraud_assets.documents.report.curves import PrecisionRecallPoint, ScoreHistogram
from fraud_assets.documents.verdict import Finding
from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.report import charts
from fraud_assets.report.html import PICTURES, pictures
from tests.report import sample

SVG = "{http://www.w3.org/2000/svg}"


def point(recall: float, precision: float) -> PrecisionRecallPoint:
    return PrecisionRecallPoint(0.5, recall, precision, precision, precision)


def points(svg: str, class_: str) -> list[tuple[float, float]]:
    """Pixels of the first path of a class."""
    path = next(p for p in ET.fromstring(svg).iter(f"{SVG}path") if p.get("class") == class_)
    steps = path.get("d", "").lstrip("M").rstrip("Z").split(" L")
    return [(float(x), float(y)) for x, y in (step.split() for step in steps)]


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("variant", sample.VARIANTS)
def test_every_picture_is_well_formed_and_described(name: str, variant: str) -> None:
    """Each picture is XML with role, title and description, or nothing where nothing is."""
    svg = pictures(sample.VARIANTS[variant]())[name]
    if variant in {"promoted", "refused", "hostile"}:
        assert svg
    if svg:
        root = ET.fromstring(svg)
        assert root.get("role") == "img"
        named = {element.get("id"): element.text for element in root if element.get("id")}
        for id_ in root.get("aria-labelledby", "").split():
            assert (named[id_] or "").strip()


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_not_a_number_is_left_out(name: str) -> None:
    """NaN, infinity and markup in the data never reach a coordinate or become an element."""
    svg = pictures(sample.hostile())[name]
    root = ET.fromstring(svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "path", "line", "rect", "circle", "text",
    }  # fmt: skip
    for element in root.iter():
        for key in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height"):
            assert math.isfinite(float(element.get(key, "0")))
        assert not any(word in element.get("d", "") for word in ("nan", "inf"))


def test_precision_recall_lies_where_it_should() -> None:
    """By hand: recall 0.5 and precision 0.25 stand at half the width and a quarter's height."""
    curve = [point(0, 1), point(0.5, 0.25)]
    metrics = replace(sample.promoted().metrics, recall=rate(2, 4), precision=rate(2, 8))
    svg = charts.precision_recall_curve(curve, metrics)
    left, right, top, bottom = 64, 440 - 24, 14, 274
    expected = [(left, top), ((left + right) / 2, bottom - 0.25 * (bottom - top))]
    assert points(svg, "line s-main") == expected
    dot = next(ET.fromstring(svg).iter(f"{SVG}circle"))
    assert (float(dot.get("cx", 0)), float(dot.get("cy", 0))) == pytest.approx(expected[1])


def test_the_champion_is_drawn_beside_where_given() -> None:
    """The production model's curve is a second, dashed line with its name in the legend."""
    curve, metrics = [point(0, 1), point(1, 0.2)], sample.promoted().metrics
    alone = charts.precision_recall_curve(curve, metrics)
    beside = charts.precision_recall_curve(curve, metrics, 0.9, curve)
    assert "model in production" in beside
    assert "model in production" not in alone
    assert points(beside, "line s-other dash") == points(beside, "line s-main")


def test_scores_are_logarithmic_and_empty_bins_lie_on_the_ground() -> None:
    """By hand: of counts 1, 10, 100 each step rises by the same; 0 stands below 1."""
    scores = ScoreHistogram((0, 0.25, 0.5, 0.75, 1), (1, 10, 100, 0), (0, 0, 0, 1))
    heights = [y for _, y in points(charts.score_distribution(scores, 0.5), "line s-main")][::2]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.02)
    assert heights[3] > heights[0]


@pytest.mark.parametrize(
    "scores",
    [
        ScoreHistogram((), (), ()),
        ScoreHistogram((0, 1), (1, 2), (1,)),
        ScoreHistogram((0,), (), ()),
    ],
)
def test_faulty_histograms_give_no_picture(scores: ScoreHistogram) -> None:
    """Edges and counts that do not fit are not drawn at all rather than drawn wrongly."""
    assert charts.score_distribution(scores) == ""


def test_standalone_pictures_need_no_page() -> None:
    """As an image a picture has its own size, paper and colours; no variable is left open."""
    svg = charts.standalone(pictures(sample.promoted())["weekly"])
    root = ET.fromstring(svg)
    assert "var(" not in svg
    assert (root.get("width"), root.get("height")) == ("440", "366")
    assert next(root.iter(f"{SVG}rect")).get("fill") == "#ffffff"


def test_the_strip_says_failed_only_where_a_rule_failed() -> None:
    """A rule still to be proved at publication has neither a tick nor a cross."""
    open_, held = Finding("a", 1, 1, None, ""), Finding("b", 1, 1, True, "")
    failed = Finding("b", 1, 1, False, "")
    assert "✗" not in charts.verdict_strip([open_, held])
    assert charts.verdict_strip([open_, held]).count("✓") == 1
    assert "b" in charts.verdict_strip([failed])
    assert "Rules that failed: b." in charts.verdict_strip([failed])


def test_reason_bars_point_both_ways() -> None:
    """A reason that lowers the score goes left of the axis, one that raises it right."""
    rows = [Reason("R", name, 1, by, 50, "") for name, by in (("up", 2.0), ("down", -1.0))]
    bars = list(ET.fromstring(charts.reason_bars(rows, "r")).iter(f"{SVG}rect"))
    starts = [float(bar.get("x", 0)) for bar in bars]
    widths = [float(bar.get("width", 0)) for bar in bars]
    assert starts[1] + widths[1] == pytest.approx(starts[0], abs=0.02)
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.05)
