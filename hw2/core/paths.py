"""Where the pipeline keeps what it makes, relative to the repository's root."""

from pathlib import Path

DATA = Path("data")
STARTER = Path("runs/starter")
PREPARED = Path("runs/prepared")
DATA_METRICS = Path("metrics/data.json")
REAL_METRICS = Path("metrics/real.json")
REAL_DIGITS = Path("runs/real/digits")
REAL_DIGITS_METRICS = Path("metrics/real_digits.json")
FACE_FEATURES = Path("runs/real/faces/features.npz")
FACE_NEAREST = Path("runs/real/faces/nearest.npz")
WEIGHTS_METRICS = Path("metrics/weights.json")
JUDGE_METRICS = Path("metrics/judge.json")
JUDGE_CONFUSION = Path("plots/confusion/judge.csv")
SUMMARY = Path("metrics/summary.json")

# What the folder of a run holds.
WEIGHTS = "weights.safetensors"
TRAINING = "training.json"  # facts about the training: steps, seed, hardware, parameters
SAMPLES = "samples.npz"

JUDGE = Path("runs/judge", WEIGHTS)


def prepared(domain: str, split: str) -> Path:
    """The array file of one domain and split."""
    return PREPARED / f"{domain}_{split}.npz"


def run_folder(family: str, run: str) -> Path:
    """Weights, samples and features of one run."""
    return Path("runs", family, run)


def metrics(family: str, run: str) -> Path:
    """The scores of one run."""
    return Path("metrics", family, f"{run}.json")


def plot(kind: str, family: str, run: str) -> Path:
    """The table behind a plot of one run; `kind` is curves or confusion."""
    return Path("plots", kind, family, f"{run}.csv")


def sampler_plot(run: str) -> Path:
    """The table behind the plot of one diffusion model's samplers."""
    return Path("plots/samplers", f"{run}.csv")


def truncation_plot(run: str) -> Path:
    """The table behind the plot of one GAN's truncations."""
    return Path("plots/truncations", f"{run}.csv")


def tsne(run: str) -> Path:
    """The map of one adaptation run's features."""
    return Path("plots/tsne", f"{run}.csv")
