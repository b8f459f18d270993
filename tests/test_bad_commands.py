"""Each wrong use of a command: one message that says what to do, nothing written."""

import os
from functools import partial
from pathlib import Path

import pytest
from one_message import told
from spoilt_project import (
    CUDA,
    CUDA_ASKED,
    GAN,
    NET,
    Payload,
    Prepare,
    change,
    copied,
    cut,
    nothing,
    objects,
    pickled,
    project,
    saved,
    trained,
    written,
)
from trained_runs import RUN

from hw2.cli import app
from hw2.core.paths import JUDGE, prepared
from hw2.evaluation.digit_judge import DigitJudge

__all__ = ["project", "trained"]  # fixtures
pytestmark = pytest.mark.usefixtures("project")
SAMPLE, PREDICT = "sample dcgan out --n 2", f"predict {RUN} own out.csv"
EMBED = f"embed {RUN} own out.csv"
BAD: list[tuple[str, Prepare, str]] = [
    ("sample dcgn out", nothing, "'dcgn'; did you mean 'dcgan'?"),
    (f"sample {RUN} out", nothing, f"it reads them; try: hw2 predict {RUN}"),
    ("sample acgan out", nothing, "has not been trained; run: dvc repro train_gan@acgan"),
    ("sample dcgan out --n 0", nothing, "--n is 0: ask for one image or more"),
    ("sample dcgan out --n 9999999999999", nothing, "ask for 1,000,000 at most"),
    ("sample dcgan out --seed -1", nothing, "--seed is -1: choose 0 or more"),
    ("sample dcgan out --digit 3", nothing, "makes faces, no digits; leave --digit out"),
    ("sample dcgan out --steps 3", nothing, "it has no sampler, steps or guidance; leave them out"),
    ("sample dcgan own --n 2", nothing, "own: is not empty; choose another folder, or add --o"),
    ("sample dcgan . --overwrite", nothing, "is not replaced; choose another folder"),
    ("sample dcgan params.yaml", nothing, "params.yaml: is a file; give the name of a folder"),
    ("sample dcgan params.yaml/out", nothing, "params.yaml is no folder; choose another place"),
    ("sample dcgan own --format npz", nothing, "own: is a folder; give the name of a file"),
    (SAMPLE, cut(GAN), f"{GAN}: damaged weights"),
    (SAMPLE, written(str(GAN), b""), f"{GAN}: damaged weights"),
    (SAMPLE, copied(JUDGE, GAN), f"{GAN}: not the weights of this 'generator'"),
    (SAMPLE, pickled(GAN), f"{GAN}: damaged weights"),
    (SAMPLE, CUDA, CUDA_ASKED),
    (SAMPLE, change("gan", 3), "has no 'models'"),
    (SAMPLE, lambda: os.remove("params.yaml"), "no such file; run from the repository's root"),
    ("predict x own out.csv", nothing, "adapt.runs has no 'x'; there is"),
    ("predict dcgan own out.csv", nothing, "dcgan makes images (gan)"),
    (PREDICT, NET.unlink, f"has not been trained; run: dvc repro train_adapt@{RUN}"),
    (PREDICT, cut(NET), f"{NET}: damaged weights"),
    (PREDICT, copied(JUDGE, NET), f"{NET}: not the weights of this 'net'"),
    (PREDICT, CUDA, CUDA_ASKED),
    (PREDICT, Path("out.csv").touch, "out.csv: is there already; choose another name, or add --"),
    (f"predict {RUN} none out.csv", nothing, "none: no such folder; give a folder of images"),
    (f"predict {RUN} params.yaml out.csv", nothing, "params.yaml: is a file; give the folder"),
    (f"predict {RUN} runs out.csv", nothing, "runs: no images here (it holds adapt"),
    (f"predict {RUN} own own", nothing, "own: is a folder; give the name of a file"),
    (f"predict {RUN} own params.yaml/x.csv", nothing, "params.yaml is no folder"),
    (EMBED, nothing, "between 0 and the number of images, 3; it is 30: map more images or"),
    (f"{EMBED} --perplexity nan", nothing, "it is nan"),
    (f"embed {RUN} own out.txt", nothing, "out.txt: the name must end in .csv (a table) or .png"),
    (f"embed {RUN} own ./own out.csv", nothing, "a folder is given twice; give each one once"),
    ("score digits own --labels x.csv", nothing, "x.csv: is missing"),
    ("score digits own --labels own", nothing, "own: is not a file but a folder"),
    ("score digits own --real-labels x.csv", nothing, "belongs to --real, which is not given"),
    ("score digits own --json own", nothing, "own: is a folder; give the name of a file"),
    ("score faces own --real none", nothing, "none: no such folder"),
    ("score digits own", objects, "mnistm_val.npz: damaged or not an array file"),
    ("score digits own", cut(prepared("mnistm", "val")), "mnistm_val.npz: damaged or not an arr"),
    ("score digits own", cut(JUDGE), f"{JUDGE}: damaged weights"),
    ("score digits own", saved(Payload), "judge.pth: does not hold the course's digit classif"),
    ("score digits own", saved(DigitJudge), "save it anew with torch.save(network.state_dict()"),
    ("score digits own", saved(dict), "judge.pth: does not hold the course's digit classifier"),
    ("score digits own", change("evaluation", "judge_weights", "x.pth"), "x.pth: no such file"),
    ("score faces own", change("evaluation", "inception_weights", "params.yaml"), "not the FID"),
    ("data check none", nothing, "none: no such folder"),
    ("data check own", nothing, "own: neither course layout is here. Expected face/train"),
    ("data make-public own", nothing, "name a new or an empty folder"),
    ("data make-public new --backgrounds none", nothing, "none: no such folder or archive"),
    ("show dcgn", nothing, "no run 'dcgn'; did you mean 'dcgan'?"),
    ("cards", nothing, "metrics/data.json: no such file; make it with: dvc repro prepare"),
    ("readme", nothing, "README.md: cannot read it: No such file or directory; run from the"),
]


@pytest.mark.parametrize(("line", "prepare", "words"), BAD)
def test_a_mistake_is_told(tmp_path: Path, line: str, prepare: Prepare, words: str) -> None:
    prepare()
    assert words in told(partial(app, line.split()), tmp_path)
    assert not Path("ran").exists(), "code of a file was run"


def test_one_bad_image_of_many_is_skipped_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    Path("own/bad.png").write_bytes(b"")
    with pytest.raises(SystemExit) as end:
        app(PREDICT.split())
    assert end.value.code == 0 and "unreadable: own/bad.png: is empty" in capsys.readouterr().err
    assert Path("out.csv").read_text().count("\n") == 4
