"""Training: the stages against plain loops, and against what the machine could do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.project import Project
from hw2.core.files import read_json

ROUNDS = 2
DANN = "mnistm_svhn-conv_bn-dann"


@dataclass(frozen=True)
class Case:
    """One training.

    Attributes:
        what: for the tables.
        run: stage and run.
        section: its entry of params.yaml.
        batch: images of each domain that a step sees, by type of device.
        steps: two numbers of steps by type of device; the difference of the two commands' times
            is that of so many steps, without start-up, first step and end.
        counted: steps of the run whose work is counted, one more than the period of the step.
        plain: module of `benchmarks.plain` and the domains that it reads; None without one.
        aim: by type of device, how many times as fast as the plain loop.
    """

    what: str
    run: tuple[str, str]
    section: str
    batch: Mapping[str, int]
    steps: Mapping[str, tuple[int, int]]
    counted: int
    plain: tuple[str, ...] | None
    aim: Mapping[str, float] | None


CASES = {
    "dcgan": Case(
        "GAN, dcgan",
        ("stages.train_gan", "dcgan"),
        "gan.models.dcgan",
        {"cpu": 128, "cuda": 128},
        {"cpu": (1, 6), "cuda": (400, 2400)},
        2,
        ("gan", "face"),
        {"cpu": 2, "cuda": 5},
    ),
    "stylegan2": Case(
        "GAN, stylegan2, without path lengths",
        ("stages.train_gan", "stylegan2"),
        "gan.models.stylegan2",
        {"cpu": 5, "cuda": 5},
        {"cpu": (4, 8), "cuda": (200, 600)},
        5,
        None,
        None,
    ),
    "context_unet": Case(
        "diffusion, context_unet",
        ("stages.train_diffusion", "context_unet"),
        "diffusion.models.context_unet",
        {"cpu": 64, "cuda": 256},
        {"cpu": (1, 5), "cuda": (200, 1000)},
        2,
        ("diffusion", "mnistm"),
        {"cpu": 2, "cuda": 3},
    ),
    "dann": Case(
        "DANN, conv_bn, mnistm to svhn",
        ("stages.train_adapt", DANN),
        "adapt.nets.conv_bn",
        {"cpu": 128, "cuda": 128},
        {"cpu": (20, 120), "cuda": (400, 2400)},
        2,
        ("dann", "mnistm", "svhn"),
        {"cpu": 4, "cuda": 10},
    ),
}


def measure(case: Case, project: Project, device: str) -> dict[str, Any]:
    """The case's entry of the results: work of a step, and seconds a step of both sides."""
    values: dict[str, Any] = {"batch": case.batch[device]}
    if "stylegan2" in case.run:
        values["accumulate"] = 1
        project.set(f"{case.section}.ema", {"start": 1})
    project.set("adapt.common", {"seeds": 1, "curve_points": 1})
    project.set(case.section, values | {"steps": case.counted})
    project.run("benchmarks.work", "work.json", *case.run)
    found = {
        "what": case.what,
        "batch": case.batch[device],
        "precision": project.params["compute"]["precision"],
        "steps": case.steps[device],
        "work": read_json(project.folder / "work.json"),
        "raw": {"ours": [], "plain": []} if case.plain else {"ours": []},
    }
    for _ in range(ROUNDS):
        for side, times in found["raw"].items():
            times.append([_took(case, project, device, side, n) for n in case.steps[device]])
    for side, times in found["raw"].items():
        found[side] = [_per_step(pair, case.steps[device]) for pair in times]
    if case.aim:
        found["aim"] = case.aim[device]
    return found


def _took(case: Case, project: Project, device: str, side: str, steps: int) -> dict[str, float]:
    if side == "ours":
        project.set(case.section, {"steps": steps})
        return vars(project.run(*case.run))
    if case.plain is None:
        raise ValueError("no plain loop")
    loop, *domains = case.plain
    folders = [project.pngs(domain) for domain in domains]
    batch = str(case.batch[device])
    return vars(project.run(f"benchmarks.plain.{loop}", *folders, batch, str(steps)))


def _per_step(pair: list[dict[str, float]], steps: tuple[int, int]) -> float:
    few, many = pair
    return (many["seconds"] - few["seconds"]) / (steps[1] - steps[0])
