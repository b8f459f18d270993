"""The accuracies on real images: what a checkout holds, and the table that is made of them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.quality import PRECISIONS
from benchmarks.real_adaptation import merged, trainings
from benchmarks.real_adaptation_tables import (
    accuracies,
    label_free,
    markdown,
    precisions,
    self_training,
)
from benchmarks.real_pages import PAGES, all_tables
from hw2.core.errors import UserError
from hw2.core.files import write_arrays, write_json
from hw2.data.arrays import ImageSet
from hw2.report.readme import fill

FAST, EXACT = PRECISIONS
RUN = {"pair": "mnistm_usps", "net": "conv_mlp", "method": "dann"}
FREE = {"entropy": 0.2, "information": 2.0, "agreement": 0.9}
ROW = RUN | {"steps": 5000, "seed": 0, "n": 2007, "computed_in": FAST} | FREE
MACHINE = {"computed_in": EXACT, "hardware": "a machine"}


def digits(labels: list[int]) -> ImageSet:
    images = np.zeros((len(labels), 28, 28, 3), np.uint8)
    return ImageSet(images, [f"{i}.png" for i in range(len(labels))], np.array(labels))


def by_seed(measured: dict[str, list[float]]) -> pd.DataFrame:
    """Target accuracies of each method, with seeds 0, 1, ..."""
    return pd.DataFrame(
        ROW | {"method": method, "seed": seed, "target_accuracy": share}
        for method, shares in measured.items()
        for seed, share in enumerate(shares)
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_table_of_a_page_is_that_of_the_file(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert fill(text, all_tables()) == text, "run: python -m benchmarks.real_generation"


def small_run(folder: Path, scale: str = "full") -> Path:
    """Two trainings on USPS -> SVHN, whose answers on 2 and 4 val images are known."""
    digits([1, 2]).save(folder / "runs/prepared/usps_val.npz")
    digits([1, 2, 3, 4]).save(folder / "runs/prepared/svhn_val.npz")
    run = folder / "runs/adapt/usps_svhn-conv_mlp-dann"
    source, target = np.array([[1, 2], [1, 1]]), np.array([[1, 2, 3, 0], [1, 0, 0, 0]])
    predicted = {"source_predicted": source, "target_predicted": target}
    free = {"entropy": [0.1, 0.2], "information": [2.0, 1.0], "agreement": [0.5, 0.25]}
    write_arrays(run / "val.npz", predicted | {key: np.array(free[key]) for key in free})
    write_json(run / "training.json", {"seed": 3, "steps": 7, "scale": scale} | MACHINE)
    return run


def test_each_training_of_a_checkout_is_a_row(tmp_path: Path) -> None:
    small_run(tmp_path)
    first, second = trainings(tmp_path)
    assert (first["pair"], first["net"], first["method"]) == ("usps_svhn", "conv_mlp", "dann")
    assert (first["seed"], first["target_accuracy"], first["source_accuracy"]) == (3, 0.75, 1)
    assert (second["seed"], second["target_accuracy"], second["source_accuracy"]) == (4, 0.25, 0.5)
    assert (first["n"], first["steps"]) == (4, 7)
    assert [first[key] for key in FREE] == [0.1, 2.0, 0.5]
    assert [second[key] for key in FREE] == [0.2, 1.0, 0.25]
    assert {key: first[key] for key in MACHINE} == MACHINE


def test_trainings_of_another_scale_or_revision_are_refused(tmp_path: Path) -> None:
    run = small_run(tmp_path, "starter")
    with pytest.raises(UserError, match=f"{run}: trained at scale starter, not full"):
        trainings(tmp_path)
    run = small_run(tmp_path)
    predicted = {side: np.ones((2, 2)) for side in ("source_predicted", "target_predicted")}
    write_arrays(run / "val.npz", predicted)
    with pytest.raises(UserError, match=r"val\.npz: no entropy: of an older revision"):
        trainings(tmp_path)


def test_criteria_rank_the_runs_of_a_pair(tmp_path: Path) -> None:
    best = by_seed({"dann": [0.8, 0.9]}).assign(entropy=[0.1, 0.3], agreement=0.7)
    longer = by_seed({"dann": [0.7]}).assign(steps=9999, entropy=0.3, agreement=0.8)
    worst = by_seed({"source_only": [0.5]}).assign(entropy=0.4, agreement=0.9)
    ignored = by_seed({"target_only": [0.95]}).assign(entropy=9.0)
    unknown = by_seed({"dsn": [0.1]}).assign(entropy=float("nan"))
    table = label_free(pd.concat([best, longer, worst, ignored, unknown], ignore_index=True))
    cells = [cell.strip() for cell in table.splitlines()[2].strip("|").split("|")]
    assert cells == ["MNIST-M → USPS (2,007)", "3", "50.0 to 85.0", "1.00", "–", "−1.00"]


def test_a_folder_without_runs_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no trained adaptation runs"):
        trainings(tmp_path)


def test_a_new_training_replaces_the_old_one_of_its_seed_and_length() -> None:
    old = pd.DataFrame([ROW | {"seed": seed, "target_accuracy": 0.1} for seed in (0, 2)])
    new = [ROW | {"seed": seed, "target_accuracy": 0.9} for seed in (1, 2)]
    found = merged(old, [*new, ROW | {"steps": 9999, "target_accuracy": 0.5}])
    assert list(found.steps) == [5000, 5000, 5000, 9999]
    assert list(found.seed) == [0, 1, 2, 0]
    assert list(found.target_accuracy) == [0.1, 0.9, 0.9, 0.5]


def test_a_row_has_mean_and_deviation_and_says_which_seeds_are_missing() -> None:
    measured = {"dann": [0.8, 0.9], "source_only": [0.5, 0.6, 0.7]}
    lines = accuracies(by_seed(measured)).splitlines()
    (row,) = [line for line in lines if "conv_mlp" in line and "88.19" in line]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[0] == "MNIST-M → USPS (2,007)"
    assert cells[2:6] == ["003", "60.0 ± 10.0", "DANN 85.0 ± 7.1 (2)", "–"]
    assert cells[6] == "75.49 / 88.19 / 96.71"
    (shared,) = [line for line in lines if "| dsn" in line and "88.34" in line]
    assert "as conv_mlp" in shared and "DSN –" in shared
    assert not any("grey_cnn" in line for line in lines)  # of no report


def test_no_mean_mixes_trainings_of_different_length() -> None:
    shorter = by_seed({"dann": [0.1] * 3, "source_only": [0.6] * 3})
    longer = by_seed({"dann": [0.8, 0.9]}).assign(steps=9999)
    (row,) = [
        line
        for line in markdown(pd.concat([shorter, longer]))["real_adaptation"].splitlines()
        if "conv_mlp" in line and "88.19" in line
    ]
    assert "60.0 ± 0.0" in row and "DANN 85.0 ± 7.1 (2)" in row


def test_networks_of_no_report_have_a_table_with_the_best_of_the_others() -> None:
    own = by_seed({"self_training": [0.96, 0.98], "dann": [0.7] * 3}).assign(net="grey_cnn")
    worse = by_seed({"dann": [0.6, 0.8]}).assign(net="conv_bn")
    theirs = by_seed({"dann": [0.74, 0.78], "target_only": [0.95]})
    longer = by_seed({"self_training": [0.99] * 3}).assign(net="grey_cnn", steps=20000)
    found = pd.concat([own, worse, theirs, longer], ignore_index=True)
    rows = [line for line in self_training(found).splitlines() if "(2,007)" in line]
    cells, cells_longer = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert cells[:5] == ["MNIST-M → USPS (2,007)", "grey_cnn", "5,000", "–", "70.0 ± 0.0"]
    assert cells[5:8] == ["97.0 ± 1.4 (2)", "–", "90.0 ± 0.0 (2)"]
    assert cells[8:] == ["76.0", "88.34", "99"]  # of adapted means; of the reports
    assert cells_longer[2:6] == ["20,000", "–", "–", "99.0 ± 0.0"]
    assert "conv_" not in "".join(cells)


def test_the_order_is_told_seed_by_seed() -> None:
    measured = {"source_only": [0.5, 0.6, 0.7], "dann": [0.55, 0.58], "target_only": [0.9, 0.9]}
    last = accuracies(by_seed(measured)).splitlines()[-1]
    assert "in 1 of 2; not in conv_mlp MNIST-M → USPS with seed 1 (60.0, 58.0, 90.0)." in last


def test_the_order_of_a_network_without_baselines_is_told_with_those_of_its_report() -> None:
    others = by_seed({"source_only": [0.5, 0.6], "target_only": [0.9, 0.9]})
    dsn = by_seed({"dsn": [0.7, 0.55]}).assign(net="dsn")
    last = accuracies(pd.concat([others, dsn], ignore_index=True)).splitlines()[-1]
    assert "in 1 of 2; not in dsn MNIST-M → USPS with seed 1 (60.0, 55.0, 90.0)." in last


def test_precisions_stand_side_by_side_and_never_in_one_mean() -> None:
    fast, exact = by_seed({"dann": [0.8, 0.9]}), by_seed({"dann": [0.5], "source_only": [0.4]})
    both = merged(fast, exact.assign(computed_in=EXACT).to_dict("records"))
    rows = precisions(both).splitlines()[2:]
    (cells,) = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert cells == ["mnistm_usps-conv_mlp-dann", "2,007", "85.0 ± 7.1 (80.0, 90.0)", "50.0 (50.0)"]
    assert markdown(both)["real_adaptation"] == accuracies(fast)
