"""Health, readiness, metrics, model, document and page."""

from __future__ import annotations

import json
import re

import pytest

from fraud_assets.scoring.scorer import load_scorer
from fraud_assets.service.app import create_app
from fraud_assets.service.documents import openapi_document
from fraud_assets.service.metrics import ServiceMetrics
from fraud_assets.service.payments.payment import payment_reader
from fraud_assets.service.settings import ServiceSettings
from fraud_assets.service.versions.holder import Holder
from tests.service.stores import PAYMENT, RISKY, version_files


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


def test_a_preview_counts_in_no_metric_of_scores_and_flags(server):
    """Single and in a batch, as the page asks; that a request was answered is counted."""
    before = counters(server)

    for query in ("?preview=true", "?reasons=full&preview=true"):
        assert server.ask(f"/predict{query}", RISKY)[1]["is_flagged"]
    assert server.ask("/predict/batch?preview=true", {"transactions": [RISKY]})[0] == 200
    assert server.ask("/predict?preview=false", PAYMENT)[0] == 200
    wrong = server.ask("/predict?preview=maybe", RISKY)

    found = {name: value - before.get(name, 0) for name, value in counters(server).items()}
    assert found["fraud_assets_flagged_total"] == 0
    assert found["fraud_assets_probability_count"] == 1
    assert found["fraud_assets_batch_payments_total"] == 0
    assert found['fraud_assets_requests_total{path="/predict",status="200"}'] == 3
    assert (wrong[0], wrong[1]["detail"][0]["loc"]) == (422, ["query", "preview"])


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
    assert "94.0 % (91.5 % to 95.9 %, n = 500)" in page
    outside = [link for link in re.findall(r'(?:src|href)="([^"]+)"', page) if "//" in link]
    assert outside == []
    for name in re.findall(r'"/assets/([^"]+)"', page):
        assert server.ask_raw(f"/assets/{name}")[0] == 200
    assert server.ask_raw("/assets/page.html")[0] == 404
    assert server.ask_raw("/report")[2] == b"<p>"


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics", "/model", "/"])
def test_head_is_answered_like_get_without_a_body(server, path):
    """Probes ask so."""
    status, headers, body = server.ask_raw(path, method="HEAD")

    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0


def test_what_every_worker_sees_is_counted_once(tmp_path):
    """Answers add up over workers; reloads and refusals are the most that one saw."""
    metrics, other = ServiceMetrics(tmp_path), ServiceMetrics(tmp_path)
    other._file = tmp_path / "other.json"
    (tmp_path / "broken.json").write_bytes(b"{")
    for one in (metrics, other):
        one.scored(0.5, flagged=True)
        one.numbers.reloads, one.numbers.refusals = 3, 1
        one.leave_snapshot()

    text = metrics.text("v", 0.5)

    assert "flagged_total 2" in text
    assert "reloads_total 3" in text
    assert "refused_versions_total 1" in text


def test_the_document_tells_keys_where_they_are_needed(store):
    """Security schemes only then; 401 is JSON everywhere, also where metrics are text."""
    settings = ServiceSettings(models=store.root, keys=store.keys.folder)
    routes = create_app(settings, Holder.start(settings, ServiceMetrics())).app.routes
    reader = payment_reader(load_scorer(version_files("gradient_boosting")).spec)

    documents = {
        name: json.loads(openapi_document(routes, reader, keys_required=name == "guarded"))
        for name in ("open", "guarded")
    }

    assert "securitySchemes" not in documents["open"]["components"]
    assert set(documents["guarded"]["components"]["securitySchemes"]) == {"ApiKey", "Bearer"}
    paths = documents["guarded"]["paths"]
    assert paths["/predict"]["post"]["security"] == [{"ApiKey": []}, {"Bearer": []}]
    assert "security" not in paths["/health"]["get"]
    assert list(paths["/metrics"]["get"]["responses"]["401"]["content"]) == ["application/json"]
    assert "503" in paths["/predict/batch"]["post"]["responses"]
