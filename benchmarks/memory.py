"""Peak memory of every kind of stage at the course's full sizes, as a Markdown table.

    python -m benchmarks.memory FOLDER

Writes images of noise, as many as `public` of params.yaml counts, to the new FOLDER (some
GB) in the course's layout and runs the stages there on the CPU, at scale full but for the number
of steps: memory does not grow with them. A checkpoint is written after each step. Linux only.
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import yaml
from tabulate import tabulate

from benchmarks.data_size import write_data
from benchmarks.measure import ROOT, run_python
from hw2.core.errors import UserError, exit_on_user_error
from hw2.core.params import read_yaml

STEPS = 3  # StyleGAN2's path length counts from the second time that it is measured
# The largest network, the largest batch or the most intricate loss of each family.
RUNS = {
    "gan": ["sagan", "wgan_gp", "stylegan2", "acgan", "resnet_gan"],
    "diffusion": ["attention_unet_deep", "residual_unet", "edm_digits", "edm_faces"],
    "adapt": [
        "mnistm_svhn-vgg-dann",
        "svhn_mnistm-dsn-dsn",
        "mnistm_svhn-lenet_gap-dann",
    ],
}


def main() -> None:
    """Read the command line, run every stage and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="a folder that does not exist yet")
    folder: Path = parser.parse_args().folder
    with exit_on_user_error():
        if folder.exists():
            raise UserError(f"{folder}: exists; name a new folder")
        params = read_yaml(ROOT / "params.yaml")
        with ProcessPoolExecutor(1) as other:  # what this process has held counts in its children
            other.submit(write_data, folder / "data", params["public"]).result()
        shorten(params)
        (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
        rows = []
        for command in stages():
            cost, name = run_python(["-m", *command], folder), " ".join(command)
            print(f"{name}: {cost.peak_gib:.2f} GiB, {cost.seconds:.0f} s", file=sys.stderr)
            rows.append([name.removeprefix("stages."), f"{cost.peak_gib:.2f}"])
        print(tabulate(rows, ["stage", "peak GiB"], "github", disable_numparse=True))


def shorten(params: dict[str, Any]) -> None:
    """Keep `RUNS` alone, at scale full with few steps; what starts late starts at once."""
    params["scale"] = "full"
    params["compute"] |= {"accelerator": "cpu", "checkpoint_seconds": 1e-3}
    for family, group in (("gan", "models"), ("diffusion", "models"), ("adapt", "runs")):
        entries = params[family][group]
        params[family][group] = {name: entries[name] for name in RUNS[family]}
    params["embed"]["runs"] = RUNS["adapt"]
    gans, diffusions = params["gan"]["models"], params["diffusion"]["models"]
    for trained in (params["judge"], *gans.values(), *diffusions.values()):
        trained["steps"] = STEPS
        if trained.get("ema"):
            trained["ema"]["start"] = 1
    for net in params["adapt"]["nets"].values():
        net["steps"] = STEPS
    for model in diffusions.values():
        model |= {"sampler": "ddim", "guidance_interval": None}
        if model["autoguidance"] is not None:
            model["autoguidance"] = 1
    params["diffusion"]["samplers"]["ddim"]["steps"] = STEPS
    params["gan"]["comparison"] = {"models": ["stylegan2"], "truncations": [1.0]}
    digits = [name for name, model in diffusions.items() if model["classes"]]
    params["diffusion"]["comparison"] |= {"models": digits, "steps": [STEPS]}
    gans["stylegan2"]["loss_args"] |= {"path_every": 1, "path_from": 0}
    params["adapt"]["nets"]["dsn"]["methods"]["dsn"]["similarity_from"] = 0


def stages() -> Iterator[list[str]]:
    """Module and arguments of every stage, in an order in which they can run."""
    for first in ("prepare", "train_judge", "find_weights", "score_real", "score_real_digits"):
        yield [f"stages.{first}"]
    for family in ("gan", "diffusion"):
        for name in RUNS[family]:
            yield from ([f"stages.{verb}_{family}", name] for verb in ("train", "sample", "score"))
    yield from (["stages.train_adapt", name] for name in RUNS["adapt"])
    for last in ("score_adapt", "embed", "summarize", "report"):
        yield [f"stages.{last}"]


if __name__ == "__main__":
    main()
