"""`hw2 embed`: a row for each image of each folder, equal maps for equal arguments."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from tiny_runs import enter
from trained_runs import RUN, write_adapt_run

from hw2.commands.embed import embed
from hw2.core.errors import UserError


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(tmp_path, monkeypatch)
    write_adapt_run(RUN)
    for name, most in (("dark", 60), ("light", 256)):
        Path(name).mkdir()
        pixels = np.random.default_rng(most).integers(most - 60, most, (12, 28, 28, 3))
        for index, image in enumerate(pixels.astype(np.uint8)):
            Image.fromarray(image).save(Path(name, f"{index:02d}.png"))


def test_a_row_for_each_image_of_each_folder() -> None:
    embed(RUN, [Path("dark"), Path("light")], Path("out.csv"), perplexity=5)
    table = pd.read_csv("out.csv")
    assert list(table) == ["image_name", "folder", "label", "x", "y"]
    assert table["folder"].tolist() == ["dark"] * 12 + ["light"] * 12
    assert table["image_name"].tolist() == [f"{index:02d}.png" for index in range(12)] * 2
    assert np.isfinite(table[["x", "y"]]).all(axis=None)
    centres = table.groupby("folder")[["x", "y"]].mean()
    spread = table.groupby("folder")[["x", "y"]].std().to_numpy().max()
    assert np.linalg.norm(np.diff(centres, axis=0)) > spread, "unlike images lie apart"


def test_equal_arguments_give_equal_bytes() -> None:
    for out in ("one.csv", "two.csv"):
        embed(RUN, [Path("dark")], Path(out), perplexity=3)
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()


def test_most_images_are_drawn_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    embed(RUN, [Path("dark"), Path("light")], Path("out.csv"), perplexity=3, most=4)
    table = pd.read_csv("out.csv")
    assert len(table) == 8 and table["image_name"].nunique() > 4, "drawn, not the first"
    assert capsys.readouterr().err.count("4 of 12 images, drawn at random") == 2


def test_a_picture() -> None:
    embed(RUN, [Path("dark"), Path("light")], Path("out.png"), perplexity=5)
    with Image.open("out.png") as image:
        colours = image.convert("RGB").getcolors(1 << 20)
        assert image.width > image.height and colours is not None and len(colours) > 10


def test_mistakes_are_explained() -> None:
    Path("grey").mkdir()
    for index in range(6):
        Image.new("L", (28, 28), 99).save(f"grey/{index}.png")
    cases = {
        "perplexity between 0": lambda: embed(RUN, [Path("dark")], Path("o.csv"), perplexity=12),
        "is -1": lambda: embed(RUN, [Path("dark")], Path("o.csv"), perplexity=-1),
        "all alike": lambda: embed(RUN, [Path("grey")], Path("o.csv"), perplexity=2),
        ".csv": lambda: embed(RUN, [Path("dark")], Path("o.jpg")),
        "twice": lambda: embed(RUN, [Path("dark"), Path("dark")], Path("o.csv")),
    }
    for message, call in cases.items():
        with pytest.raises(UserError, match=message):
            call()
    assert not Path("o.csv").exists()
