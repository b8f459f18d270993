"""The curve of target accuracy: it is measured, and nothing else changes."""

import numpy as np
import pytest
import torch
from tiny_runs import enter, images, stage

from hw2.adapt.shared.interface import AdaptNet
from hw2.adapt.training.curve import TargetCurve
from hw2.core.files import read_json

RUN = "mnistm_svhn-conv_bn-dann"


class Reader(AdaptNet):
    """Takes the first pixel's value for the label."""

    def features(self, images: torch.Tensor) -> torch.Tensor:
        assert not self.training
        return (images[:, 0, 0, :1] + 1) * 127.5

    def label_logits(self, features: torch.Tensor) -> torch.Tensor:
        return -(features - torch.arange(10)).abs()


def curve(count: int, every: int = 3, wrong: int = 0) -> TargetCurve:
    """Forty images whose first pixel is their label, except the first `wrong`."""
    shown = images(40, 28)
    shown.images[:, 0, 0, 0] = shown.digits
    shown.images[:wrong, 0, 0, 0] = (shown.digits[:wrong] + 1) % 10
    return TargetCurve(shown, count, every, np.random.default_rng(0))


@pytest.mark.parametrize(("wrong", "accuracy"), [(0, 1.0), (10, 0.75), (40, 0.0)])
def test_accuracy_is_the_share_of_right_labels(wrong: int, accuracy: float) -> None:
    net = Reader().train()
    found = curve(40, wrong=wrong).measure(net, torch.device("cpu"))
    assert found.item() == accuracy
    assert net.training


def test_it_reads_at_most_so_many_images_and_every_few_steps() -> None:
    few = curve(15)
    assert len(few.images) == len(few.labels) == 15
    assert few.measure(Reader(), torch.device("cpu")).item() == 1.0
    assert [step for step in range(9) if few.due(step)] == [2, 5, 8]


def test_the_weights_do_not_depend_on_it(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights, columns = [], []
    for points in (1, 3):
        folder = tmp_path_factory.mktemp("run")
        enter(folder, monkeypatch)
        params = (folder / "params.yaml").read_text()
        (folder / "params.yaml").write_text(
            params.replace("curve_points: {smoke: 1,", f"curve_points: {{smoke: {points},")
        )
        stage("train_adapt")(RUN)
        weights.append((folder / "runs/adapt" / RUN / "weights.safetensors").read_bytes())
        table = (folder / "plots/curves/adapt" / f"{RUN}.csv").read_text().splitlines()
        place = table[0].split(",").index("monitor.target accuracy")
        columns.append([line.split(",")[place] for line in table[1:]])
        assert read_json(folder / "runs/adapt" / RUN / "training.json")["steps"] == 3
    assert weights[0] == weights[1]
    assert [len([cell for cell in column if cell]) for column in columns] == [1, 3]
