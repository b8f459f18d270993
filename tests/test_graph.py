"""The graph: each stage's dependencies are exactly what it uses; imports run one way."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from stage_imports import ROOT, closure, imports, lookups

from hw2.core.params import read_yaml

# Packages that a stage looks into by name, and the key of its params entry that gives the name.
# None: every module of the package, because the name may differ from scale to scale.
LOOKUP_KEYS = {
    "hw2.gan.nets": "net",
    "hw2.gan.losses": "loss",
    "hw2.data.augment": None,
    "hw2.diffusion.unets": "net",
    "hw2.diffusion.objectives": "objective",
    "hw2.diffusion.samplers": None,
    "hw2.adapt.nets": "net",
    "hw2.adapt.methods": "method",
    "hw2.nn.lr_schedules": None,
}
# Who may import whom, inside hw2; every package may import itself.
ALLOWED = {
    "core": set(),
    "nn": {"core"},
    "data": {"core"},
    "raw": {"core", "data"},
    "gan": {"core", "nn", "data"},
    "diffusion": {"core", "nn", "data"},
    "adapt": {"core", "nn", "data"},
    "evaluation": {"core", "data"},
    "report": {"core", "data", "evaluation"},
    "architectures": {"core", "data", "raw", "gan", "diffusion", "adapt", "evaluation", "report"},
}
ALLOWED["folder_scores"] = {"core", "data", "evaluation"}
ALLOWED["jobs"] = {"core"}
ALLOWED["claims"] = {"core", "report", "jobs"}
ALLOWED["cards"] = {"core", "report"}
ALLOWED["doctor"] = {"core", "raw", "evaluation", "jobs"}
ALLOWED["commands"] = set(ALLOWED)  # the command line sees everything, and is seen by nothing
CODE = ("hw2/", "stages/")
TOP_LEVEL = {Path("hw2/cli.py"), Path("hw2/params.py")}  # see everything
COMMANDS, SEEN_BY_COMMANDS = ("commands", "doctor"), {Path("hw2/params.py")}


def stages() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(name, definition, params entry) of every stage after expanding foreach, as DVC does."""
    params = read_yaml(ROOT / "params.yaml")
    expanded = []
    for name, definition in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].items():
        if "foreach" not in definition:
            expanded.append((name, definition, {}))
            continue
        section: Any = params
        for key in definition["foreach"].strip("${}").split("."):
            section = section[key]
        for key in section:
            entry = section[key] if isinstance(section, dict) else {}
            expanded.append((f"{name}@{key}", definition["do"], entry | {"key": key}))
    return expanded


def fill(text: str, entry: dict[str, Any]) -> str:
    """`text` with ``${key}`` and ``${item.x}`` replaced; other references are left."""
    text = text.replace("${key}", entry.get("key", "")).replace("${item}", entry.get("key", ""))
    return re.sub(r"\$\{item\.(\w+)\}", lambda match: str(entry[match[1]]), text)


def stage_script(stage: dict[str, Any]) -> Path:
    """stages/x.py of the command ``python -m stages.x ...``."""
    python, flag, module = stage["cmd"].split()[:3]
    assert (python, flag) == ("python", "-m")
    return Path(*module.split(".")).with_suffix(".py")


def covers(stated: set[Path], file: Path) -> bool:
    """Whether the file, or a folder that it is in, is among the dependencies."""
    return not stated.isdisjoint({file, *file.parents})


def used_files(script: Path, entry: dict[str, Any]) -> set[Path]:
    """Every project file that the stage may run."""
    files = closure({script})
    for package in lookups(files):
        key, folder = LOOKUP_KEYS[package], Path(*package.split("."))
        if key is None or key not in entry:  # a foreach over names: any module may be theirs
            chosen = [p.relative_to(ROOT) for p in (ROOT / folder).glob("[!_]*.py")]
        else:
            chosen = [folder / f"{entry[key]}.py"]
        files |= closure(set(chosen))
    return files


@pytest.mark.parametrize(
    ("name", "stage", "entry"), stages(), ids=[name for name, _, _ in stages()]
)
def test_code_dependencies_are_exactly_what_the_stage_uses(name, stage, entry):
    script = stage_script(stage)
    stated = {Path(fill(dep, entry)) for dep in stage["deps"] if dep.startswith(CODE)}
    stated = {path for path in stated if path.suffix in ("", ".py")}
    missing = sorted(str(p) for p in used_files(script, entry) if not covers(stated, p))
    # A layer that one method of a foreach needs is stated once, and so for all its runs.
    siblings = [e for n, _, e in stages() if n.split("@")[0] == name.split("@")[0]]
    used = set().union(*(used_files(script, e) for e in siblings))
    surplus = sorted(str(p) for p in stated if not any(covers({p}, file) for file in used))
    assert not missing, f"{name}: add to deps in dvc.yaml: {missing}"
    assert not surplus, f"{name}: remove from deps in dvc.yaml: {surplus}"


@pytest.mark.parametrize("script", sorted(p.name for p in (ROOT / "stages").glob("[!_]*.py")))
def test_every_script_is_a_stage(script):
    text = (ROOT / "dvc.yaml").read_text()
    assert re.search(rf"cmd: python -m stages\.{Path(script).stem}\b", text)


def package_files() -> list[Path]:
    return sorted(p.relative_to(ROOT) for p in (ROOT / "hw2").rglob("*.py"))


@pytest.mark.parametrize("path", package_files(), ids=str)
def test_imports_run_one_way(path):
    if path in TOP_LEVEL or len(path.parts) == 2:
        return
    package = path.parts[1]
    for imported in imports(path) - (SEEN_BY_COMMANDS if package in COMMANDS else set()):
        assert imported.parts[0] == "hw2" and imported not in TOP_LEVEL, f"{path}: {imported}"
        other = imported.parts[1]
        assert other == package or other in ALLOWED[package], f"{path} imports {imported}"


@pytest.mark.parametrize("path", package_files(), ids=str)
def test_methods_do_not_import_each_other(path):
    kind = {"nets", "losses", "unets", "objectives", "samplers", "methods"}
    if path.parts[2:3] and path.parts[2] in kind:
        for imported in imports(path):
            assert not (set(imported.parts) & kind), f"{path} imports {imported}"


def test_every_output_is_made_by_one_stage():
    outs = [fill(str(out), entry) for _, stage, entry in stages() for out in stage.get("outs", [])]
    assert len(outs) == len(set(outs))


def test_stage_scripts_never_import_dvc():
    for path in [*package_files(), *(p.relative_to(ROOT) for p in (ROOT / "stages").glob("*.py"))]:
        text = (ROOT / path).read_text()
        assert not re.search(r"^\s*(import|from) dvc\b", text, re.M), path
