"""Two contracts in one working folder, each with its service: what is one's stays its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from fraud_assets.cli import main
from fraud_assets.contract import parse_contract
from fraud_assets.decisions.reading import read_decisions
from fraud_assets.documents.formats import write_document
from fraud_assets.documents.production import Production
from fraud_assets.payments.kept import plan_for
from fraud_assets.state.opening import begin, close, open_adapter
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from fraud_assets.values.counted import counted
from fraud_assets.watch.production import WatchedContract, production
from tests.service.decisions.test_decisions import CONTRACT, payment
from tests.service.decisions.test_record import deciding
from tests.service.stores import promote, serving
from tests.waiting import wait_until
from tests.watch.worlds import DAY, START, lived, reign

NAMES = ("alpha", "beta")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with a store, a state and a contract of each name."""
    made = tmp_path_factory.mktemp("working")
    for name in NAMES:
        text = CONTRACT.replace("crypto_gateway", name)
        (made / f"{name}.toml").write_text(text)
        about = {"name": name, "digest": "0" * 64}
        promote(store_of(made, name), "gradient_boosting", {"contract.toml": text.encode()},
                contract=about)  # fmt: skip
        contract = parse_contract(text)
        close(begin(open_adapter(str(made / "state"), name), plan_for(contract)))
    return made


def store_of(folder: Path, name: str) -> Store:
    return Store(folder / f"models-{name}", Keys(folder / "keys").ensure())


def promised(folder: Path, name: str, recall: float) -> None:
    """What a look at a contract's production leaves where `monitor` puts it."""
    document: Production = production(
        lived([recall] * 8), [reign()], WatchedContract(name, "USD", 14.0), START + 70 * DAY
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "production.json").write_bytes(write_document(document))


def test_each_has_its_record_and_is_told_its_own_promise(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """With nothing set but the store: the second one's things lie in folders of its name."""
    for name in ("FRAUD_ASSETS_DECISIONS", "FRAUD_ASSETS_STATE", "FRAUD_ASSETS_CONTRACT"):
        monkeypatch.delenv(name, raising=False)
    promised(folder / "production", "alpha", 0.5)
    with serving(store_of(folder, "alpha")) as alpha:
        assert alpha.ask("/decisions", payment(0))[0] == 200
        with serving(store_of(folder, "beta")) as beta:
            assert beta.ask("/ready")[1]["decisions"] == "ready"
            unseen = beta.ask("/health")[1]["promise"]
            answers = [beta.ask("/decisions", payment(at)) for at in range(3)]
            promised(folder / "production" / "beta", "beta", 0.95)
            told = [one.ask("/health")[1]["promise"]["alarm"] for one in (alpha, beta)]

    assert [status for status, _ in answers] == [200] * 3
    assert "repeated" not in answers[0][1]
    assert unseen is None
    assert told == [True, False]
    assert len(read_decisions(folder / "decisions")) == 1
    assert len(read_decisions(folder / "decisions" / "beta")) == 3
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(folder / "keys"))
    for name, made in {"alpha": 1, "beta": 3}.items():
        monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(folder / f"models-{name}"))
        assert main(["decisions", "verify"]) == 0
        assert capsys.readouterr().out.startswith(counted(made, "decision"))


def test_monitor_writes_no_other_contracts_page(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own goes into a folder of its name, and a store that is another's is refused."""
    monkeypatch.delenv("FRAUD_ASSETS_DECISIONS", raising=False)
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(folder / "keys"))
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(folder / "models-beta"))
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(folder / "beta.toml"))
    alphas = folder / "production" / "production.json"
    promised(alphas.parent, "alpha", 0.5)
    before = alphas.read_bytes()
    with serving(store_of(folder, "beta")) as beta:
        assert beta.ask("/decisions", payment(9))[0] == 200
    monkeypatch.chdir(tmp_path)

    assert main(["monitor"]) in {0, 1}

    assert alphas.read_bytes() == before
    assert (folder / "production" / "beta" / "production.html").is_file()


def test_a_store_of_another_contract_is_served_by_nobody(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """`serve`, alone or with several workers, and `monitor` say what to set; nothing listens."""
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(folder / "keys"))
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(folder / "models-alpha"))
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(folder / "beta.toml"))
    for command in (["serve", "--port", "0"], ["serve", "--workers", "2"], ["monitor"]):
        assert main(command) == 1
        said = capsys.readouterr().err
        assert "belongs to contract alpha" in said
        assert f"FRAUD_ASSETS_MODELS={folder / 'models-alpha'}/beta" in said

    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(folder))
    with serving(store_of(folder, "alpha")) as server:
        assert server.ask("/ready")[0] == 200


def test_ready_says_what_a_payment_would_be_answered(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a record that another service keeps, or that another contract's is; health as well."""
    store, text = store_of(folder, "alpha"), (folder / "alpha.toml").read_text()
    (tmp_path / "second").mkdir()
    log = tmp_path / "log"
    with (
        deciding(store, tmp_path / "second", log=log, text=text) as second,
        deciding(store, tmp_path, log=log, text=text) as first,
    ):
        both = [one.ask("/ready")[1]["decisions"] for one in (first, second)]
        assert first.ask("/decisions", payment(0))[0] == 200
        told = second.ask("/ready")[1]["decisions"]
        health = second.ask("/health")[1]["state"]
        status, answer = second.ask("/decisions", payment(1))
        assert first.ask("/ready")[1]["decisions"] == "ready"
        first.process.terminate()
        wait_until(lambda: second.ask("/ready")[1]["decisions"] == "ready")
        again = second.ask("/decisions", payment(1))[0]

    assert both == ["ready", "ready"]
    assert (status, again) == (503, 200)
    assert told == answer["detail"][0]["msg"] == health["why"]
    assert not health["ready"]
    assert "Another service keeps its decisions in" in told
