"""Writes every file that the report reads, with invented figures and drawn images."""

from pathlib import Path
from typing import Any

import numpy as np
from report_runs import DIFFUSION, FACES, NETS, RUNS
from report_scores import (
    ACCURACY,
    COMMON,
    LABEL_FREE,
    PER_CLASS,
    TRAININGS,
    digit_scores,
    face_scores,
    sampler_scores,
    truncation_scores,
)

from hw2.core.files import read_json, write_arrays, write_json, write_text
from hw2.core.params import PARAMS_FILE
from hw2.core.seeds import numpy_generator
from hw2.data.arrays import ImageSet
from hw2.report.sources import RunNames, split_adapt


def write_project(
    root: Path, runs: RunNames = RUNS, source: str = "starter", weights: bool = True
) -> RunNames:
    """Write the metrics, plots and runs of `runs` below `root`; the same files every time.

    Args:
        weights: whether the Inception weights were at hand.
    """
    write_text(root / PARAMS_FILE, (Path(__file__).parents[1] / PARAMS_FILE).read_text())
    _write_data(root, source)
    for run in runs.gan:
        if run == "acgan":
            _write_acgan(root, run)
        else:
            _write_gan(root, run, weights)
    for run in runs.diffusion:
        _write_diffusion(root, run)
    for run in runs.compared:
        write_json(root / f"metrics/samplers/{run}.json", {**sampler_scores(), **COMMON})
    for run in runs.truncated:
        content = {**truncation_scores(weights), **COMMON}
        write_json(root / f"metrics/truncations/{run}.json", content)
    for run in runs.adapt:
        _write_adapt(root, run)
    for run in runs.embed:
        _write_embedding(root, run)
    return runs


def change_scores(root: Path, run: str, **scores: Any) -> None:
    """Other scores of one run, e.g. of ``gan/dcgan``."""
    path = root / f"metrics/{run}.json"
    write_json(path, {**read_json(path), **scores})


def write_csv(path: Path, columns: dict[str, Any]) -> None:
    """Write columns of equal length under a header."""
    lines = [",".join(map(str, line)) for line in zip(*columns.values(), strict=True)]
    write_text(path, "\n".join([",".join(columns), *lines]) + "\n")


def disc_images(rng: np.random.Generator, count: int, side: int) -> np.ndarray:
    """(count, side, side, 3) uint8: a coloured disc on a coloured ground."""
    y, x = np.mgrid[:side, :side] / side - 0.5
    radius = rng.uniform(0.25, 0.4, (count, 1, 1, 1))
    inside = (x**2 + y**2)[None, ..., None] < radius**2
    colours = rng.integers(0, 256, (2, count, 1, 1, 3))
    images: np.ndarray = np.where(inside, colours[0], colours[1]).astype(np.uint8)
    return images


def _rng(*purpose: str) -> np.random.Generator:
    return numpy_generator(0, "factory", *purpose)


def _write_data(root: Path, source: str) -> None:
    counts = {}
    for domain in ("face", "mnistm", "svhn", "usps"):
        counts[domain] = {"train": 2000, "val": 1000}
        images = disc_images(_rng(domain), 16, 64 if domain == "face" else 28)
        names = [f"{index}.png" for index in range(16)]
        ImageSet(images, names).save(root / f"runs/prepared/{domain}_val.npz")
    write_json(root / "metrics/data.json", {"source": source, "layout": "2022", "counts": counts})
    judge = {"domain": "mnistm", "accuracy": 0.98, "n": 1000, "per_class": PER_CLASS}
    write_json(root / "metrics/judge.json", {**judge, "parameters": 44674})
    _write_confusion(root / "plots/confusion/judge.csv", 0.98)


def _write_gan(root: Path, run: str, weights: bool) -> None:
    entry = {
        "report": FACES[run],
        **face_scores(run, weights),
        "parameters": {"generator": 3576704, "discriminator": 2765568},
        "steps": 300,
    }
    write_json(root / f"metrics/gan/{run}.json", {**entry, **COMMON})
    names = [f"{index}.png" for index in range(40)]
    ImageSet(disc_images(_rng(run), 40, 64), names).save(root / f"runs/gan/{run}/samples.npz")
    _write_neighbours(root, "gan", run, 64)
    write_text(root / f"runs/gan/{run}/architecture.txt", "Generator(\n  <net> & more\n)\n")
    _write_curves(root, "gan", run, ["d_loss", "g_loss", "monitor.D(real)", "monitor.D(fake)"])


def _write_acgan(root: Path, run: str) -> None:
    scores = {"report": ["003"], **digit_scores(0.61)}
    size = {"parameters": {"generator": 1052139, "discriminator": 103531}, "steps": 400}
    write_json(root / f"metrics/gan/{run}.json", {**scores, **size, **COMMON})
    _write_digits(root, "gan", run)
    _write_curves(root, "gan", run, ["d_loss", "g_loss"])


def _write_diffusion(root: Path, run: str) -> None:
    scores = {
        "report": DIFFUSION[run],
        **digit_scores(0.8),
        "sampler": "ddim",
        "sample_steps": 25,
        "guidance": 0.5,
        "guidance_interval": None,
        "autoguidance": None,
        "parameters": {"unet": 6590211},
        "steps": 500,
    }
    write_json(root / f"metrics/diffusion/{run}.json", {**scores, **COMMON})
    _write_digits(root, "diffusion", run)
    _write_curves(root, "diffusion", run, ["loss"])
    _write_confusion(root / f"plots/confusion/diffusion/{run}.csv", 0.8)
    steps = range(600, -1, -120)
    images = disc_images(_rng(run, "frames"), 6, 28).astype(float)
    noise = _rng(run, "noise").uniform(0, 255, images.shape)
    mix = np.linspace(1, 0, 6)[:, None, None, None]
    frames = (mix * noise + (1 - mix) * images).astype(np.uint8)
    names = [f"t={step}" for step in steps]
    ImageSet(frames, names).save(root / f"runs/diffusion/{run}/frames.npz")
    states = [(t, digit) for t in range(600, -1, -200) for digit in range(10)]
    moving = disc_images(_rng(run, "process"), len(states), 28)
    names = [f"t={t}/{digit}" for t, digit in states]
    ImageSet(moving, names).save(root / f"runs/diffusion/{run}/process.npz")


def _write_digits(root: Path, family: str, run: str) -> None:
    labels = np.repeat(np.arange(10), 100)
    names = [f"{label}_{index % 100 + 1:03}.png" for index, label in enumerate(labels)]
    samples = ImageSet(disc_images(_rng(run), 1000, 28), names, labels)
    samples.save(root / f"runs/{family}/{run}/samples.npz")
    _write_neighbours(root, family, run, 28)
    write_text(root / f"runs/{family}/{run}/architecture.txt", f"{run}(\n  (conv): Conv2d\n)\n")


def _write_neighbours(root: Path, family: str, run: str, size: int) -> None:
    images = {name: disc_images(_rng(run, name), 10, size) for name in ("generated", "nearest")}
    distance = np.linspace(0.1, 1, 10, dtype=np.float32)
    write_arrays(root / f"runs/{family}/{run}/neighbours.npz", {**images, "distance": distance})


def _write_adapt(root: Path, run: str) -> None:
    pair, net, method = split_adapt(run)
    source, target = pair.split("_")
    accuracy = ACCURACY[method]
    scores = {
        "report": NETS[net],
        "pair": pair,
        "source": source,
        "target": target,
        "net": net,
        "method": method,
        "accuracy": accuracy,
        "accuracy_std": 0.01,
        "accuracies": [accuracy - 0.01, accuracy, accuracy + 0.01],
        "per_class": PER_CLASS,
        "n": 1000,
        "seeds": TRAININGS,
        "interval": [accuracy - 0.03, accuracy + 0.03],
        "source_accuracy": 0.97,
        "label_free": {name: [accuracy] * TRAININGS for name in LABEL_FREE},
        "parameters": {"net": 710172},
        "steps": 600,
    }
    write_json(root / f"metrics/adapt/{run}.json", {**scores, **COMMON})
    write_text(root / f"runs/adapt/{run}/architecture.txt", f"{net}(\n  (conv): Conv2d\n)\n")
    _write_curves(root, "adapt", run, ["loss", "monitor.target accuracy"])
    _write_confusion(root / f"plots/confusion/adapt/{run}.csv", accuracy)


def _write_curves(root: Path, family: str, run: str, names: list[str]) -> None:
    rng, step = _rng(run, "curves"), np.arange(0, 300, 2)
    columns: dict[str, Any] = {"step": step}
    for name in names:
        curve = np.exp(-step / rng.uniform(40, 200)) * 0.8 + rng.normal(0, 0.03, len(step)) + 0.1
        if name == "monitor.target accuracy":
            curve = ACCURACY[split_adapt(run)[2]] - 0.5 * curve + 0.05
        columns[name] = [f"{abs(value):.5g}" for value in curve]
        if name == "monitor.target accuracy":
            columns[name] = [v if i % 10 == 0 else "" for i, v in enumerate(columns[name])]
    write_csv(root / f"plots/curves/{family}/{run}.csv", columns)


def _write_confusion(path: Path, accuracy: float) -> None:
    rng = _rng(path.stem, "confusion")
    actual = np.repeat(np.arange(10), 100)
    predicted = np.where(rng.random(1000) < accuracy, actual, rng.integers(0, 10, 1000))
    write_csv(path, {"actual": actual, "predicted": predicted})


def _write_embedding(root: Path, run: str) -> None:
    rng, domains = _rng(run, "tsne"), split_adapt(run)[0].split("_")
    digit = np.tile(np.arange(10), 80)
    domain = np.repeat(domains, 400)
    centre = rng.normal(0, 30, (10, 2))[digit] + (domain == domains[1])[:, None] * [8, 3]
    points = np.round(centre + rng.normal(0, 4, (800, 2)), 3)
    columns = {"x": points[:, 0], "y": points[:, 1], "digit": digit, "domain": domain}
    write_csv(root / f"plots/tsne/{run}.csv", columns)
