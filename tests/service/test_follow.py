"""The service follows the pointer, and serves on when what it names will not do."""

from __future__ import annotations

import asyncio
import shutil
import signal
import threading
import time

import msgspec
import pytest

from fraud_assets.errors import StoreError
from fraud_assets.scoring.golden import read_golden, write_golden
from fraud_assets.scoring.spec import GOLDEN, SPEC
from fraud_assets.service.metrics import ServiceMetrics
from fraud_assets.service.pages.model_card import health
from fraud_assets.service.settings import ServiceSettings
from fraud_assets.service.versions import holder as holder_module
from fraud_assets.service.versions.holder import Holder
from fraud_assets.service.versions.source import VersionSource
from fraud_assets.store.keys import Keys
from tests.scoring.worlds import files
from tests.service.stores import PAYMENT, RISKY, new_store, promote, serving
from tests.waiting import wait_until


@pytest.fixture
def moving(tmp_path):
    store = new_store(tmp_path)
    promote(store, "gradient_boosting")
    with serving(store) as running:
        yield store, running


def test_a_promotion_is_served_within_a_second_and_a_rollback_too(moving):
    """Probability, threshold and version change together."""
    store, server = moving
    first, before = store.current().version, server.ask("/predict", RISKY)[1]

    second = promote(store, "hist_gradient_boosting")
    waited = server.wait_for(second)
    after = server.ask("/predict", RISKY)[1]
    store.rollback(actor="test", reason="a test")
    server.wait_for(first)

    assert waited < 2  # one second on a machine that does nothing else
    assert after["model_version"] == second
    assert after["fraud_probability"] != before["fraud_probability"]
    assert server.ask("/predict", RISKY)[1] == before
    assert server.ask("/health")[1]["reloads"] == 2


def test_a_turn_that_fails_does_not_end_the_following(tmp_path, monkeypatch, caplog):
    """Neither a full disk under the counters nor anything else; it is logged once."""
    store = new_store(tmp_path)
    promote(store, "gradient_boosting")
    settings = ServiceSettings(
        models=store.root, keys=store.keys.folder, metrics_dir=tmp_path / "gone"
    )
    holder = Holder.start(settings, ServiceMetrics(settings.metrics_dir))
    second = promote(store, "logistic_regression")
    stamps = iter([OSError("odd"), ValueError("odd")])
    real = VersionSource.stamp.fget

    def stamp(source):
        for error in stamps:
            raise error
        return real(source)

    monkeypatch.setattr(VersionSource, "stamp", property(stamp))
    monkeypatch.setattr(holder_module, "POLL_SECONDS", 0.01)
    asyncio.run(followed(holder, second))

    assert holder.served.version == second
    assert caplog.text.count("following on") == 1


async def followed(holder, version):
    task = asyncio.create_task(holder.follow())
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if holder.served.version == version or task.done():
            break
        await asyncio.sleep(0.01)
    task.cancel()


def test_a_worker_that_starts_on_a_bad_pointer_serves_what_was_verified_last(tmp_path):
    """And tells the refusal; without a last good copy it ends with the sentence."""
    store = new_store(tmp_path)
    good = promote(store, "gradient_boosting")
    alone = ServiceSettings(models=store.root, keys=store.keys.folder)
    shared = msgspec.structs.replace(alone, last_good=tmp_path / "state")
    first = Holder.start(shared, ServiceMetrics())
    promote_damaged(store)

    again = Holder.start(shared, ServiceMetrics())

    assert again.served.version == good
    assert again.served.move == first.served.move
    assert "scorer.npz" in health(again)["refused"]["why"]
    with pytest.raises(StoreError, match=r"scorer\.npz"):
        Holder.start(alone, ServiceMetrics())


def damaged_byte(store, version):
    file = store.root / version / "scorer.npz"
    file.chmod(0o644)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def test_bad_versions_are_refused_and_the_last_good_one_serves_on(tmp_path):
    """Corrupt, foreign, of a format no longer read, failing its golden rows, or half gone."""
    store = new_store(tmp_path)
    good = promote(store, "gradient_boosting")
    with serving(store) as server:
        before = server.ask("/predict", RISKY)
        said = list(_refusals(store, server))

        assert server.ask("/predict", RISKY) == before
        assert server.ask("/health")[1]["model_version"] == good
        assert server.ask("/health")[1]["refusals"] == len(said) == 4
        assert "refused_versions_total 4" in server.ask("/metrics")[1]
    for text, why in zip(("format", "Golden row", "scorer.npz", "key"), said, strict=True):
        assert text in why


def _refusals(store, server):
    """Drop in one bad version after another; yields what the service said of each."""
    good = store.current().version
    spec = msgspec.json.decode(files("gradient_boosting", calibrated=True)[SPEC])
    old = msgspec.json.encode(spec | {"format": 99})
    golden = list(read_golden(files("gradient_boosting", calibrated=True)[GOLDEN]).rows)
    golden[0] = msgspec.structs.replace(golden[0], probability=0.5)
    for changed in ({SPEC: old}, {GOLDEN: write_golden(golden)}):
        promote(store, "gradient_boosting", changed)
        yield server.wait_for_refusal()
        _back(store, server, good)
    server.process.send_signal(signal.SIGSTOP)  # it must not look before the damage is done
    hidden = promote_damaged(store)
    server.process.send_signal(signal.SIGCONT)
    yield server.wait_for_refusal()
    shutil.rmtree(store.root / hidden)
    _back(store, server, good)
    pointer = store.root / "latest.json"
    signed = pointer.read_bytes()
    pointer.unlink()
    pointer.write_bytes(_foreign(store, signed))
    yield server.wait_for_refusal()


def promote_damaged(store):
    """A version that was damaged after it was signed, and the pointer names it."""
    version = promote(store, "hist_gradient_boosting")
    damaged_byte(store, version)
    return version


def _back(store, server, good):
    store.rollback(good, actor="test", reason="a test")
    while server.ask("/health")[1]["refused"] is not None:
        pass


def _foreign(store, signed):
    from fraud_assets.store.journal.record import move_line, read_move, sign_move

    move = read_move(signed, store.keys.trusted(), "latest.json")
    other = Keys(store.keys.folder.parent / "foreign").ensure()
    return move_line(sign_move(move, other))


def test_sigterm_lets_a_request_under_way_finish(moving):
    """The batch that runs when the signal comes is answered."""
    _, server = moving
    answers = []
    body = {"transactions": [RISKY] * 1000}
    asking = threading.Thread(target=lambda: answers.append(server.ask("/predict/batch", body)))

    asking.start()
    while "POST" not in str(answers) and asking.is_alive() and not _busy(server):
        pass
    server.process.send_signal(signal.SIGTERM)
    asking.join(timeout=30)

    assert answers
    assert answers[0][0] == 200
    assert server.process.wait(timeout=30) is not None


def _busy(server) -> bool:
    import time

    time.sleep(0.05)
    return True


@pytest.mark.slow
def test_several_workers_all_follow_and_count_together(tmp_path):
    """Each polls the pointer; whichever is asked for metrics tells all workers' sum."""

    def serves(server) -> set[str]:
        return {server.ask("/health")[1]["model_version"] for _ in range(20)}

    store = new_store(tmp_path)
    promote(store, "gradient_boosting")
    with serving(store, "--workers", "2", wait=90) as server:
        for _ in range(40):
            server.ask("/predict", PAYMENT)
        second = promote(store, "hist_gradient_boosting")
        wait_until(lambda: serves(server) == {second})
        for _ in range(40):
            server.ask("/predict", PAYMENT)
        counted = 'requests_total{path="/predict",status="200"} 80'
        wait_until(lambda: counted in server.ask("/metrics")[1])
