"""DVC's own files: whole or not, and the cure, before DVC speaks of a schema."""

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from hw2.core.errors import UserError
from hw2.core.yaml_loader import CONFLICT
from hw2.doctor.finding import Finding, findings_of

PIPELINE, DATA_FILE, LOCK = map(Path, ("dvc.yaml", "data.dvc", "dvc.lock"))
NEEDED = {PIPELINE: "stages", DATA_FILE: "outs", LOCK: "stages"}
CURES = {
    PIPELINE: "git checkout dvc.yaml",
    DATA_FILE: "git checkout data.dvc; or, with your own data: rm data.dvc, then dvc add data",
    LOCK: "git checkout dvc.lock; where git has none, delete it: dvc repro then builds anew",
}
READERS_AND_WRITERS = Path(".dvc/tmp/rwlock")  # who works on what; JSON, written in place
STAGE_SCRIPT = re.compile(r"-m stages\.(\w+)")


def check_dvc_files() -> None:
    """Read those of the files that are there.

    Raises:
        UserError: one is damaged; the message names it, its line and the cure.
    """
    for path in CURES:
        if path.exists():
            read_dvc_file(path)
    _check_readers_and_writers()


def check_pipeline() -> list[Finding]:
    """dvc.yaml, data.dvc and DVC's locks, where they are there; dvc.lock has its own check."""
    found: list[Finding] = []
    for path in (PIPELINE, DATA_FILE):
        if path.exists():
            found += findings_of(str(path), partial(_whole, path))
    return found + findings_of("DVC's locks", _check_readers_and_writers)


def _check_readers_and_writers() -> list[Finding]:
    if READERS_AND_WRITERS.exists():
        try:
            json.loads(READERS_AND_WRITERS.read_bytes())
        except ValueError:
            raise UserError(
                f"{READERS_AND_WRITERS}: is damaged: DVC was killed while it wrote it, and refuses "
                f"to work now; where no other dvc is running here: rm {READERS_AND_WRITERS}"
            ) from None
    return []


def _whole(path: Path) -> list[Finding]:
    content = read_dvc_file(path)
    return [Finding("ok", str(path), f"can be read, {len(content[NEEDED[path]])} {NEEDED[path]}")]


def read_dvc_file(path: Path) -> dict[str, Any]:
    """The content of one of the files.

    Raises:
        UserError: it is empty, cut short, not YAML, or holds an unfinished merge.
    """
    cure = _cure(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{path}: is damaged: not UTF-8 text; {cure}") from None
    except OSError as error:
        raise UserError(f"{path}: cannot read it: {error.strerror}; {cure}") from None
    if mark := CONFLICT.search(text):
        line = text.count("\n", 0, mark.start()) + 1
        raise UserError(f"{path}, line {line}: holds an unfinished merge; {_merge_cure(path)}")
    try:
        content = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark_of = getattr(error, "problem_mark", None)
        line_of = f", line {mark_of.line + 1}" if mark_of else ""
        problem = getattr(error, "problem", None) or "a character that may not be there"
        raise UserError(f"{path}{line_of}: is no valid YAML: {problem}; {cure}") from None
    _check_keys(path, text, content)
    whole: dict[str, Any] = content
    return whole


def _check_keys(path: Path, text: str, content: object) -> None:
    """What DVC does without but the project does not: keys, and a stage for every script."""
    cure = _cure(path)
    if content is None:
        raise UserError(f"{path}: is empty; {cure}")
    if not isinstance(content, dict):
        raise UserError(f"{path}: is damaged: it holds no keys; {cure}")
    needed = NEEDED.get(path)
    if needed and not (content.get(needed) or (path == LOCK and needed in content)):
        raise UserError(f"{path}: is damaged or cut short: it has no {needed}; {cure}")
    if path == PIPELINE:
        scripts = {script.stem for script in Path("stages").glob("*.py")} - {"__init__"}
        for name in sorted(scripts - set(STAGE_SCRIPT.findall(text))):
            raise UserError(f"{path}: no stage runs stages/{name}.py: is it cut short? {cure}")


def _cure(path: Path) -> str:
    return CURES.get(path, f"git checkout {path}")


def _merge_cure(path: Path) -> str:
    if path == LOCK or path.suffix == ".dvc":
        side = f"git checkout --ours {path} (or --theirs), git add {path}"
        return f"take one side: {side}, then dvc repro"
    return "choose between the marked lines, delete the marks, then git add " + str(path)
