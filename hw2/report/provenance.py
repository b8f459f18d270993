"""plots/provenance.js: commit, versions, machine and times, for the page to show.

They differ from run to run, so they stand in no output that DVC tracks, the page included: it loads
this script from beside it. The script does one thing, to fill the element with id ``provenance``.
"""

import json
from pathlib import Path

from hw2.core.files import write_text
from hw2.core.provenance import TIMES, StageTime, commit, machine, now, stage_times, versions
from hw2.report.sources import RunNames
from hw2.report.table import NONE, Table
from hw2.report.templates import environment

SCRIPT = "plots/provenance.js"
OWN_STAGE = "report"  # still running when this is written: its note is of the time before


def write_provenance(runs: RunNames, root: Path = Path(".")) -> None:
    """Write the script, with the last run of each stage that still belongs to params.yaml."""
    names = {"", *runs.gan, *runs.diffusion, *runs.adapt}
    times = [
        time for time in stage_times(root / TIMES) if time.run in names and time.stage != OWN_STAGE
    ]
    facts = {
        "Commit": commit(root) or "not in a git repository",
        "Page built": now(),
        "Machine": machine(),
        "Versions": ", ".join(f"{name} {version}" for name, version in versions().items()),
    }
    template = environment().get_template("provenance.html")
    html = template.render(facts=facts, stages=stages_table(times), runs=runs_table(times))
    lines = ",\n".join(f"  {json.dumps(line)}" for line in html.splitlines() if line.strip())
    call = 'document.getElementById("provenance").innerHTML'
    write_text(root / SCRIPT, f"{call} = [\n{lines}\n].join('\\n');\n")


def stages_table(times: list[StageTime]) -> Table:
    """A row a stage: how many runs, their time in all, the longest, the most memory."""
    stages: dict[str, list[StageTime]] = {}
    for time in sorted(times, key=lambda time: time.finished):
        stages.setdefault(time.stage, []).append(time)
    rows = [
        [
            stage,
            str(len(own)),
            f"{sum(time.seconds for time in own):,.1f}",
            f"{max(time.seconds for time in own):,.1f}",
            _mib(max((time.peak_mib for time in own if time.peak_mib), default=None)),
            max(time.finished for time in own),
        ]
        for stage, own in stages.items()
    ]
    headers = ["Stage", "Runs", "Seconds", "Longest, s", "Peak memory, MiB", "Finished (UTC)"]
    caption = (
        f"{sum(time.seconds for time in times):,.0f} seconds in all. The last run of each stage in "
        "this folder, without Python’s imports; of a training that was resumed, the last part. "
        "Memory: resident, of the largest process."
    )
    return Table("Time and memory of each stage", headers, rows, caption)


def runs_table(times: list[StageTime]) -> Table:
    """A row for each run of each stage that has several."""
    rows = [
        [time.stage, time.run, f"{time.seconds:,.1f}", _mib(time.peak_mib)]
        for time in sorted(times, key=lambda time: (time.stage, time.finished))
        if time.run
    ]
    headers = ["Stage", "Run", "Seconds", "Peak memory, MiB"]
    return Table("Time and memory of each run", headers, rows, "", 2)


def _mib(value: float | None) -> str:
    return NONE if value is None else f"{value:,.0f}"
