"""The quality benchmark's figures as text tables."""

from __future__ import annotations

from typing import Any

MEASURES = ("roc_auc", "average_precision", "card_precision_100")
PEER_MEASURES = ("roc_auc", "average_precision", "precision_at_recall")


def show_defaults(result: dict[str, Any]) -> None:
    """Handbook chapter 3: measured beside published."""
    counts = ", ".join(f"{key} {value:,}" for key, value in result["counts"].items())
    print(f"\nHandbook, chapter 3, defaults: {counts}")
    print(f"{'model':24}{'AUC':>15}{'AP':>15}{'CP@100':>15}")
    for row in result["models"]:
        cells = (f"{row[key]:.3f} ({row['published'][key]:.3f})" for key in MEASURES)
        print(f"{row['model']:24}" + "".join(f"{cell:>15}" for cell in cells))
    print(f"In brackets: published. {_cost(result)}", flush=True)


def show_prequential(result: dict[str, Any]) -> None:
    """Every setting on the validation folds, the chosen one on the test folds."""
    print(f"\nHandbook, prequential, {result['features']} features")
    print(f"{'mean of 4 validation folds':38}{'days':>5}{'AUC':>8}{'AP':>8}{'CP@100':>8}")
    for row in result["tried"]:
        cells = "".join(f"{row[key]:8.3f}" for key in MEASURES)
        print(f"{row['model']:38}{row['days']:5}{cells}")
    print(
        f"Chosen on these by AP: {result['chosen']}, {result['days']} training days. Mean of the 4 "
        "test folds:"
    )
    _test_lines(result["test"])
    best = result["best_published"]
    print(
        "  best published, each by another model: " + ", ".join(str(best[key]) for key in MEASURES)
    )
    print(f"Aim {result['aim']}: {_held(result)}. {_cost(result)}", flush=True)


def show_history(result: dict[str, Any]) -> None:
    """The chosen model with the other numbers of training days; shown beside, not chosen among."""
    print("\nThe same model with other histories")
    for days, test in result["test"].items():
        print(f" {days} training days")
        _test_lines(test)
    print(_cost(result), flush=True)


def show_ulb(result: dict[str, Any]) -> None:
    """Validation stretches of the training part, then the test part."""
    counts = ", ".join(f"{key} {value:,}" for key, value in result["counts"].items())
    print(f"\nULB, FDB split: {counts}")
    print(f"{'mean of 3 stretches of the training part':44}{'AUC':>8}{'recall':>8}")
    for row in result["tried"]:
        print(f"{row['model']:44}{row['roc_auc']:8.3f}{row['recall_at_1_percent']:8.3f}")
    print(f"Chosen on these by their sum: {result['chosen']}. Test part:")
    for row in (*result["defaults"], result["best"]):
        area, recall = _interval(row["roc_auc"]), _interval(row["recall_at_1_percent"])
        print(f"  {row['model']:42}{area:>24}{recall:>24}")
    best = result["best_published"]
    print(f"  {'best published':42}{best['roc_auc']:>24}{best['recall_at_1_percent']:>24}")
    print(f"Aim {result['aim']}: {_held(result)}. {_cost(result)}", flush=True)


def show_peers(result: dict[str, Any]) -> None:
    """All sets in one table: ours, then each peer on the same judged rows, ours less it below."""
    cells = "".join(f"{name:>27}" for name in ("AUC", "AP", "precision at .90"))
    print(f"\n{'model':36}{cells}{'s':>7}{'cpu s':>8}")
    for name, found in result["sets"].items():
        ours = found["ours"]
        print(
            f"{name}: {found['rows']:,} rows to fit on ({found['frauds']:,} frauds), judged on "
            f"{found['judged_rows']:,} ({found['judged_frauds']:,} frauds); ours: "
            f"{ours['model'].split()[0]}, {ours['fitted_rows']:,} rows, "
            f"{ours['bytes'] / 2**20:.1f} MiB"
        )
        _peer_line("  ours", ours)
        for row in found["peers"]:
            _peer_line(f"  {row['model']}", row)
            gaps = (_interval(row["difference"][key], "+.4f") for key in PEER_MEASURES)
            said = "" if row["held"] else f"  MISSED: {', '.join(row['behind'])}"
            print(f"{'    ours less it':36}" + "".join(f"{gap:>27}" for gap in gaps) + said)
    print(
        f"At most the newest {result['most_rows']:,} rows; {result['minutes']:g} minutes a set, "
        f"{result['cores']} cores. 95 % intervals, differences on the same draws of senders."
    )
    if result["left_out"]:
        print(f"Not installed, and so left out: {', '.join(result['left_out'])}.")
    print(
        "Level with FLAML or ahead, and within the tolerance of each plain fit, or the noise: "
        f"{_held(result)}.",
        flush=True,
    )


def _peer_line(name: str, row: dict[str, Any]) -> None:
    cells = "".join(f"{_interval(row[key]):>27}" for key in PEER_MEASURES)
    print(f"{name:36}{cells}{row['seconds']:7.1f}{row['cpu_seconds']:8.1f}")


def _test_lines(test: dict[str, Any]) -> None:
    print(
        f"  AUC {_interval(test['roc_auc'])}, AP {_interval(test['average_precision'])}, ", end=""
    )
    print(f"CP@100 {test['card_precision_100']['value']:.3f}")
    folds = ", ".join(f"{row['average_precision']:.3f}" for row in test["folds"])
    print(f"  AP by fold: {folds}")


def _interval(rate: dict[str, Any], form: str = ".3f") -> str:
    return f"{rate['value']:{form}} [{rate['low']:{form}}, {rate['high']:{form}}]"


def _held(result: dict[str, Any]) -> str:
    return "reached" if result["held"] else "MISSED"


def _cost(result: dict[str, Any]) -> str:
    return (
        f"{result['seconds']:.0f} s ({result['cpu_seconds']:.0f} s of processor), "
        f"peak {result['peak_gib']:.1f} GiB."
    )
