"""Checks of the repository: DVC, params, data, what was built, and what a broken run left."""

from importlib.metadata import version
from pathlib import Path

from hw2.core.errors import UserError
from hw2.core.params import read_yaml
from hw2.core.paths import DATA, JUDGE, WEIGHTS, run_folder
from hw2.doctor.dvc_files import LOCK
from hw2.doctor.finding import Finding
from hw2.doctor.leftovers import RUNS, checkpoints, temporary_files
from hw2.doctor.probes import ask
from hw2.doctor.recorded import locked_outputs
from hw2.jobs.side_by_side import answer, dvc
from hw2.raw.layouts import root_of
from hw2.raw.scan import scan


def check_dvc() -> list[Finding]:
    """DVC's command, and whether it takes this folder for a repository of its own."""
    try:
        root = answer(dvc("root")).strip()
    except UserError as error:
        mend = "run from the repository's root, in a clone made by git (or: dvc init)"
        return [Finding("problem", "DVC", str(error), mend)]
    if root != "." or not Path("dvc.yaml").is_file():
        return [Finding("problem", "DVC", "no dvc.yaml here", "run from the repository's root")]
    return [Finding("ok", "DVC", f"{version('dvc')}, this is a repository of it")]


def check_params() -> list[Finding]:
    """All of params.yaml."""
    ask("params")
    return [Finding("ok", "params.yaml", f"all good, scale {read_yaml()['scale']}")]


def check_lock() -> list[Finding]:
    """Whether dvc.lock can be read, and every output that it records is there."""
    if not LOCK.is_file():
        return [Finding("missing", "dvc.lock", "nothing was built here yet", "run: dvc repro")]
    outs = locked_outputs()
    stages = {output.stage for output in outs}
    gone = [output.path for output in outs if not output.path.exists()]
    if gone:
        fact = f"{len(gone)} of {len(outs)} outputs are not here, e.g. {gone[0]}"
        return [Finding("missing", "dvc.lock", fact, "run: dvc checkout, dvc pull or dvc repro")]
    return [Finding("ok", "dvc.lock", f"{len(stages)} stages, all {len(outs)} outputs are here")]


def check_runs() -> list[Finding]:
    """Which runs of params.yaml have trained weights."""
    content, findings = read_yaml(), []
    for family, group in RUNS.items():
        names = list(content[family][group])
        lacking = [n for n in names if not (run_folder(family, n) / WEIGHTS).is_file()]
        if lacking:
            fact = f"{len(lacking)} of {len(names)} are not trained, e.g. {lacking[0]}"
            mend = f"run: dvc repro train_{family}@{lacking[0]}"
            findings.append(Finding("missing", f"{family} runs", fact, mend))
        else:
            findings.append(Finding("ok", f"{family} runs", f"all {len(names)} are trained"))
    return findings


def check_data() -> list[Finding]:
    """What data/ holds: names, tables and counts; no image is opened."""
    if not DATA.exists():
        if any(Path(file).is_file() for file in ("data.dvc", "data/starter.dvc")):
            mend = "dvc repro makes or fetches it; or copy your own there (README)"
            return [Finding("missing", "data", f"there is no {DATA}/", mend)]
        mend = "git checkout data.dvc, or copy your own there and run: dvc add data"
        return [Finding("problem", "data", f"there is neither {DATA}/ nor data.dvc", mend)]
    source = root_of(DATA)
    found = scan(source.root)
    if found.problems:
        fact = f"{source.root}: {len(found.problems)} problems, first: {found.problems[0]}"
        return [Finding("problem", "data", fact, "run: hw2 data check")]
    images = sum(len(part.names) for part in found.parts)
    what = "the embedded set" if source.name == "starter" else "your own"
    fact = f"{what}, layout {found.layout}, {images} images by their names"
    return [Finding("ok", "data", fact, "to read them all: hw2 data check")]


def check_inception() -> list[Finding]:
    """The Inception weights, by their checksum."""
    path = ask("inception")["path"]
    if path is None:
        fact = "not here; FID, KID and inception score are left out"
        return [Finding("missing", "Inception", fact, "get them: hw2 weights inception")]
    return [Finding("ok", "Inception", f"{path}, its checksum is right")]


def check_judge() -> list[Finding]:
    """The judge of digits, and the course's where params.yaml names its file."""
    judges = ask("judge")
    findings = [Finding("ok", "judge", f"{JUDGE} can be loaded")]
    if not judges["trained"]:
        findings = [Finding("missing", "judge", "not trained", "run: dvc repro train_judge")]
    if judges["course"]:
        findings.append(Finding("ok", "course judge", f"{judges['course']} can be loaded"))
    return findings


def check_leftovers() -> list[Finding]:
    """Checkpoints of trainings that were broken off, and files that were never finished."""
    states, files = checkpoints(), temporary_files()
    if not states and not files:
        return [Finding("ok", "leftovers", "none; every training ended well")]
    first = f"; the oldest: {states[0].what}" if states else ""
    fact = f"{len(states)} checkpoints, {len(files)} half-written files{first}"
    return [Finding("ok", "leftovers", fact, "to choose what to remove: hw2 doctor --clean")]
