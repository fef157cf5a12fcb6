"""Health, readiness, metrics, model, document and page."""

from __future__ import annotations

import re

from tests.service.stores import PAYMENT, RISKY


def test_health_ready_and_model_name_the_version(server, store):
    """And the card carries the signed metadata and the features' definitions."""
    version = store.current().version

    health, ready, model = (server.ask(path)[1] for path in ("/health", "/ready", "/model"))

    assert (health["status"], health["model_version"]) == ("ok", version)
    assert ready["model_version"] == version
    assert model["metadata"]["version"] == version
    assert model["threshold"] == model["metadata"]["threshold"]
    assert [feature["name"] for feature in model["features"]] == list(PAYMENT)


def test_metrics_count_what_was_answered(server):
    """Answers by status, flags, and a latency and a score histogram that end in their counts."""
    before = counters(server)

    server.ask("/predict", PAYMENT)
    server.ask("/predict", RISKY)
    server.ask("/predict", {})
    server.ask("/predict/batch", {"transactions": [PAYMENT, RISKY]})

    found = {name: value - before.get(name, 0) for name, value in counters(server).items()}
    assert found['fraud_assets_requests_total{path="/predict",status="200"}'] == 2
    assert found['fraud_assets_requests_total{path="/predict",status="422"}'] == 1
    assert found["fraud_assets_flagged_total"] == 2
    assert found["fraud_assets_probability_count"] == 4
    assert found["fraud_assets_latency_seconds_count"] == 4
    assert found['fraud_assets_probability_bucket{le="+Inf"}'] == 4


def counters(server) -> dict[str, float]:
    text = server.ask("/metrics")[1]
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z_]+(\{[^}]*\})? [-+0-9.einf]+", line) for line in lines)
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}


def test_the_document_describes_the_contracts_features(server):
    """Each derived feature with its exact definition, bounds included; nothing from outside."""
    document = server.ask("/openapi.json")[1]
    payment = document["components"]["schemas"]["Payment"]

    assert set(payment["properties"]) == set(PAYMENT) == set(payment["required"])
    assert "payments of the same who" in payment["properties"]["count"]["description"]
    number = payment["properties"]["amount"]["anyOf"][0]
    assert (number["type"], number["minimum"]) == ("number", 0)
    answers = document["paths"]["/predict"]["post"]["responses"]
    assert {"200", "401", "413", "415", "422"} <= set(answers)


def test_the_page_has_a_field_for_each_feature_and_loads_nothing_from_outside(server):
    """Evidence is in the HTML itself; scripts and styles are local files."""
    status, headers, body = server.ask_raw("/")
    page = body.decode()

    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    assert all(f'id="f-{name}"' in page for name in PAYMENT)
    assert "94.0 % (91.0 % to 96.0 %, n = 500)" in page
    outside = [link for link in re.findall(r'(?:src|href)="([^"]+)"', page) if "//" in link]
    assert outside == []
    for name in re.findall(r'"/assets/([^"]+)"', page):
        assert server.ask_raw(f"/assets/{name}")[0] == 200
    assert server.ask_raw("/assets/page.html")[0] == 404
    assert server.ask_raw("/report")[2] == b"<p>"
