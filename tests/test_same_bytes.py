"""The same params give the same bytes: every stage of every run, built twice at scale smoke.

The two builds are two processes that hash strings differently and take the runs in another order:
what depends on either (the order of a set, a generator left over from the run before) differs.
test_pipeline.py repeats all of a smaller pipeline through DVC, the pictures and the page included.
"""

import hashlib
import importlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_runs import PARAMS, ROOT, enter, images

from hw2.core.paths import prepared
from hw2.raw.layouts import DOMAINS, SPLITS

RUNS = {
    "gan": list(PARAMS["gan"]["models"]),
    "diffusion": list(PARAMS["diffusion"]["models"]),
    "adapt": list(PARAMS["adapt"]["runs"]),
}


def build(folder: Path, order: np.random.Generator) -> None:
    """Run the stages from `train_judge` to `summarize` in `folder`, the runs in random order."""
    sys.path.insert(0, str(ROOT))

    def run(stage: str, *arguments: str) -> None:
        importlib.import_module(f"stages.{stage}").main(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        enter(folder, patch)
        data = Path("metrics/data.json")
        data.parent.mkdir()
        data.write_text('{"source": "noise", "layout": "2022", "counts": {}}')
        for domain in DOMAINS:
            for split in SPLITS:
                images(60, domain.size, domain.labelled).save(prepared(domain.name, split))
        for first in ("train_judge", "find_weights", "score_real", "score_real_digits"):
            run(first)
        for family, names in RUNS.items():
            verbs = ("train",) if family == "adapt" else ("train", "sample", "score")
            for name in order.permutation(names).tolist():
                for verb in verbs:
                    run(f"{verb}_{family}", name)
        for family, what in (("gan", "truncations"), ("diffusion", "samplers")):
            for name in PARAMS[family]["comparison"]["models"]:
                run(f"compare_{what}", name)
        for last in ("score_adapt", "embed", "summarize"):
            run(last)


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file that the stages wrote, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for kind in ("runs", "metrics", "plots")
        for path in sorted((folder / kind).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """The files of two builds, made side by side."""
    folders = [tmp_path_factory.mktemp("build") for _ in range(2)]
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, str(folder), str(seed)],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for seed, folder in enumerate(folders)
    ]
    for process in processes:
        output, _ = process.communicate(timeout=600)
        assert process.returncode == 0, output[-4000:]
    return [hashes(folder) for folder in folders]


def test_nothing_is_left_out(builds: list[dict[str, str]]) -> None:
    written = set(builds[0])
    for family, names in RUNS.items():
        for name in names:
            assert {f"runs/{family}/{name}/weights.safetensors"} <= written
            assert {f"metrics/{family}/{name}.json", f"plots/curves/{family}/{name}.csv"} <= written
    for name in (*RUNS["gan"], *RUNS["diffusion"]):
        assert any(path.endswith(f"/{name}/samples.npz") for path in written)
    assert {f"plots/tsne/{name}.csv" for name in PARAMS["embed"]["runs"]} <= written
    assert {"metrics/summary.json", "metrics/reported_vs_measured.md"} <= written


@pytest.mark.parametrize("part", ["gan", "diffusion", "adapt", "other"])
def test_two_builds_are_byte_for_byte_the_same(builds: list[dict[str, str]], part: str) -> None:
    def chosen(files: dict[str, str]) -> dict[str, str]:
        def family(path: str) -> str:
            return next((name for name in RUNS if f"/{name}/" in path), "other")

        return {path: found for path, found in files.items() if family(path) == part}

    first, second = (chosen(files) for files in builds)
    assert first.keys() == second.keys()
    assert not {path for path in first if first[path] != second[path]}


if __name__ == "__main__":
    build(Path(sys.argv[1]), np.random.default_rng(int(sys.argv[2])))
