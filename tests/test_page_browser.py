"""The page in a real browser, from its file: images, width on a phone, dark scheme, no errors."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from report_factory import write_project

from hw2.report.build import PAGE, build_report
from hw2.report.provenance import SCRIPT, write_provenance

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next((path for path in map(shutil.which, NAMES) if path), None)
NO_ORIGIN = "not an origin"
PHONE, DESKTOP = 360, 1200
# The proxy is none: nothing leaves the machine, and what would have is in the browser's log.
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--disable-background-networking", "--allow-file-access-from-files",
    "--proxy-server=127.0.0.1:9", "--enable-logging=stderr", "--virtual-time-budget=20000",
    "--dump-dom",
]  # fmt: skip
# Opens the page in a frame of a given width and writes what it finds there as JSON.
PROBE = """<!doctype html><meta charset="utf-8">
<iframe id="frame" style="width: WIDTHpx; height: 900px; border: 0"></iframe><pre id="found"></pre>
<script>
const frame = document.getElementById("frame");
frame.onload = () => {
  const page = frame.contentDocument, root = page.documentElement;
  page.querySelectorAll("details").forEach(each => each.open = true);
  const images = [...page.images];
  document.getElementById("found").textContent = JSON.stringify({
    images: images.length,
    broken: images.filter(i => !i.complete || !i.naturalWidth).map(i => i.getAttribute("src")),
    inner: root.clientWidth,
    scroll: root.scrollWidth,
    paper: frame.contentWindow.getComputedStyle(page.body).backgroundColor,
    ink: frame.contentWindow.getComputedStyle(page.body).color,
    headings: [...page.querySelectorAll("h1, h2, h3, h4")].map(h => Number(h.tagName[1])),
    provenance: page.getElementById("provenance").textContent,
  });
};
frame.src = "index.html";
</script>
"""

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason=f"no browser: none of {', '.join(NAMES)} is on PATH"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("browser")
    runs = write_project(root)
    build_report(runs, root)
    write_provenance(runs, root)
    return root / PAGE


@pytest.fixture(scope="module")
def phone(built: Path) -> dict[str, Any]:
    return probe(built, PHONE)


def probe(page: Path, width: int, *flags: str) -> dict[str, Any]:
    """What a browser finds in the page at that width, and what it complains of."""
    wrapper = page.with_name("probe.html")
    wrapper.write_text(PROBE.replace("WIDTH", str(width)))
    profile = f"--user-data-dir={page.parent / 'profile'}"
    log = page.with_name("net.json")
    command = [str(BROWSER), *FLAGS, *flags, profile, f"--log-net-log={log}", wrapper.as_uri()]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    written = re.search(r'<pre id="found">(.*?)</pre>', run.stdout, re.S)
    assert written and written[1], run.stdout[:500] + run.stderr[-2000:]
    found: dict[str, Any] = json.loads(html.unescape(written[1]))
    console = [line for line in run.stderr.splitlines() if ":CONSOLE" in line]
    return {**found, "console": console, "requests": page_requests(log)}


def test_no_console_error_and_no_request_to_a_network(phone: dict[str, Any]) -> None:
    assert phone["console"] == [] and phone["requests"] == []


def test_errors_and_requests_would_be_seen(built: Path, tmp_path: Path) -> None:
    page, foreign = copy(built, tmp_path), "http://example.org/a.png"
    fault = f'<img src="{foreign}"><script>nothing();</script>'
    page.write_text(page.read_text().replace("<main>", f"<main>{fault}"))
    found = probe(page, DESKTOP)
    assert found["broken"] == [foreign] and foreign in found["requests"] and found["console"]


def test_every_image_loads(phone: dict[str, Any]) -> None:
    assert phone["images"] > 30 and phone["broken"] == []


def test_the_page_does_not_scroll_sideways(built: Path, phone: dict[str, Any]) -> None:
    for width, found in ((PHONE, phone), (DESKTOP, probe(built, DESKTOP))):
        assert found["inner"] <= width and found["scroll"] <= found["inner"]


def test_dark_scheme_turns_paper_and_ink_over(built: Path, phone: dict[str, Any]) -> None:
    dark = probe(built, PHONE, "--force-dark-mode")
    assert brightness(phone["paper"]) > 200 > 100 > brightness(phone["ink"])
    assert brightness(dark["paper"]) < 60 and brightness(dark["ink"]) > 200


def test_headings_go_down_one_level_at_a_time(phone: dict[str, Any]) -> None:
    levels = phone["headings"]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below <= above + 1 for above, below in zip(levels, levels[1:], strict=False))


def test_provenance_is_filled_in(phone: dict[str, Any]) -> None:
    assert "Commit" in phone["provenance"] and "torch" in phone["provenance"]


def test_without_provenance_the_page_says_where_it_would_be(built: Path, tmp_path: Path) -> None:
    page = copy(built, tmp_path)
    (tmp_path / SCRIPT).unlink()
    assert SCRIPT in probe(page, DESKTOP)["provenance"]


def page_requests(log: Path) -> list[str]:
    """The addresses that a page asked the network for; a browser's own requests have no origin."""
    parameters = [event.get("params", {}) for event in json.loads(log.read_text())["events"]]
    asked = [each for each in parameters if each.get("initiator", NO_ORIGIN) != NO_ORIGIN]
    return [each["url"] for each in asked]


def copy(page: Path, root: Path) -> Path:
    """The page and what lies beside it, below another root."""
    ignored = shutil.ignore_patterns("profile")
    shutil.copytree(page.parents[1], root / "plots", ignore=ignored)
    return root / PAGE


def brightness(colour: str) -> float:
    """Mean channel of ``rgb(r, g, b)``."""
    channels = [int(number) for number in re.findall(r"\d+", colour)[:3]]
    return sum(channels) / 3
