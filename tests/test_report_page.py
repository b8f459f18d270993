"""The page: whole, self-contained, honest about its data, and the same bytes twice."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_factory import write_project
from report_runs import EVERYTHING, OTHERS, RUNS, THREE

from hw2.core.errors import UserError
from hw2.report import page
from hw2.report.build import build_report
from hw2.report.sources import read_measurements

PAGE = "plots/report/index.html"
VOID = {"meta", "link", "img", "br", "source"}
NEIGHBOURS = {"../images/", "../animations/", "../provenance.js", "#", "data:"}


class Outline(HTMLParser):
    """Collects section ids, images and addresses; checks that tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sections: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.addresses += [values[key] or "" for key in ("src", "href", "srcset") if key in values]
        if tag == "section":
            self.sections.append(values["id"] or "")
        if tag == "img":
            self.images.append(values)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("built")
    build_report(write_project(root), root)
    return root


def outline(html: str) -> Outline:
    parser = Outline()
    parser.feed(html)
    return parser


def test_sections_come_in_the_order_of_the_reports(built: Path) -> None:
    parsed = outline((built / PAGE).read_text())
    assert parsed.sections == ["data", "gan", "diffusion", "adapt", "reported", "made"]
    assert parsed.open == []


def test_page_asks_nothing_of_a_network(built: Path) -> None:
    parsed = outline((built / PAGE).read_text())
    assert all(address.startswith(tuple(NEIGHBOURS)) for address in parsed.addresses)
    beside = ("../images/", "../animations/")
    pictures = [address for address in parsed.addresses if address.startswith(beside)]
    assert pictures and all((built / PAGE).parent.joinpath(path).is_file() for path in pictures)
    html = (built / PAGE).read_text()
    assert html.count("<script") == 1 and "@import" not in html and "url(" not in html


def test_every_image_has_words_and_a_size(built: Path) -> None:
    images = outline((built / PAGE).read_text()).images
    assert all(image["alt"] and image["width"] and image["height"] for image in images)
    moving = [*built.glob("plots/animations/*")]
    drawn = [*built.glob("plots/images/*/*"), *moving]
    still = [*built.glob("plots/images/*/*_process.png")]
    assert len(images) + len(still) == len(drawn) and len(still) == len(moving) > 0


def test_dvc_plots_knows_the_form_of_every_image(built: Path) -> None:
    images = [path for path in built.glob("plots/images/**/*") if path.is_file()]
    assert {path.suffix for path in images} == {".png"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pictures that a page without any asks for, e.g. ``images/gan/dcgan_faces.png``."""
    names: list[str] = []

    def note(root: Path, relative: str) -> page.Picture:
        names.append(relative.removeprefix("plots/"))
        return page.Picture("data:,", 1, 1)

    monkeypatch.setattr(page, "read_picture", note)
    return names


def test_every_run_of_the_reports_has_its_pictures(tmp_path: Path, asked: list[str]) -> None:
    write_project(tmp_path, EVERYTHING)
    measured = read_measurements(EVERYTHING, tmp_path)
    html = page.render_page(EVERYTHING, measured, tmp_path)
    assert outline(html).open == []
    wanted = {"gan/acgan_digits", "gan/acgan_neighbours"}
    wanted |= {f"gan/{run}_{kind}" for run in measured.faces for kind in ("faces", "neighbours")}
    kinds = ("digits", "reverse", "confusion", "neighbours", "process")
    for run in EVERYTHING.diffusion:
        wanted |= {f"diffusion/{run}_{kind}" for kind in kinds}
    wanted |= {f"diffusion/{run}_samplers" for run in EVERYTHING.compared}
    wanted |= {f"adapt/{run}_confusion" for run in EVERYTHING.adapt}
    for run in EVERYTHING.embed:
        wanted |= {f"adapt/{run}_by_digit", f"adapt/{run}_by_domain"}
    wanted |= {f"adapt/{pair}_training" for pair in {*OTHERS, *THREE}}
    for family in ("gan", "diffusion", "adapt"):
        wanted |= {f"{family}/{run}_curves" for run in getattr(EVERYTHING, family)}
    wanted = {f"images/{name}.png" for name in wanted}
    wanted |= {f"animations/{run}.webp" for run in EVERYTHING.diffusion}
    shown = [name for name in asked if not name.startswith(("images/data/", "images/judge/"))]
    assert sorted(shown) == sorted(wanted)
    assert len(EVERYTHING.embed) == 14
    assert "plotted only: it chose no checkpoint" in html and "Separated domains" in html


def test_architectures_are_escaped(built: Path) -> None:
    assert "&lt;net&gt; &amp; more" in (built / PAGE).read_text()


def test_equal_inputs_give_equal_bytes(built: Path, tmp_path: Path) -> None:
    build_report(write_project(tmp_path), tmp_path)
    written = sorted(path.relative_to(built) for path in built.glob("plots/images/*/*.*"))
    assert len(written) > 20
    for relative in [Path(PAGE), *written]:
        assert (tmp_path / relative).read_bytes() == (built / relative).read_bytes()


def test_real_images_are_shown_of_the_starter_set_only(built: Path, tmp_path: Path) -> None:
    assert (built / "plots/images/data/face.png").exists()
    build_report(write_project(tmp_path, source="own"), tmp_path)
    assert not (tmp_path / "plots/images/data").exists()
    html = (tmp_path / PAGE).read_text()
    assert "Nearest training digits" in html and "licences" in html
    assert not [*tmp_path.glob("plots/images/*/*_neighbours.png")] and "_neighbours" not in html
    text = html.split("params.yaml: every number")[0]  # which names the scales
    assert "starter set" not in text


def test_a_missing_architecture_names_file_and_stage(tmp_path: Path, asked: list[str]) -> None:
    write_project(tmp_path)
    measured = read_measurements(RUNS, tmp_path)
    (tmp_path / "runs/gan/dcgan_wide/architecture.txt").unlink()
    with pytest.raises(UserError, match=r"runs/gan/dcgan_wide/architecture.txt.*dvc repro"):
        page.render_page(RUNS, measured, tmp_path)


def test_importing_the_report_loads_no_torch_and_no_sklearn() -> None:
    code = "import sys, hw2.report.build, hw2.report.tables; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "sklearn"} & set(re.split(r"\s", run.stdout))
