"""Checks of Python, of the packages that the project needs, and of the device."""

import json
import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from hw2.core.params import Compute, read_section
from hw2.doctor.finding import Finding, findings_of
from hw2.doctor.probes import ask

INSTALL = "pip install -e . in the repository's root (or: make repro)"
ACTIVATE = f"activate the environment of this one ({sys.prefix}), or run: make repro"
LOOK = (
    "import importlib.util as u, json, sys;"
    "print(json.dumps([sys.prefix, [n for n in ('hw2', 'torch') if not u.find_spec(n)]]))"
)


def check_python() -> list[Finding]:
    """Whether this Python is new enough."""
    name = f"{platform.python_version()} ({sys.executable})"
    try:
        wanted = metadata("hw2")["Requires-Python"]
    except PackageNotFoundError:
        return [Finding("problem", "Python", f"{name}, where hw2 is not installed", INSTALL)]
    if platform.python_version() not in SpecifierSet(wanted):
        return [Finding("problem", "Python", name, f"Python {wanted} is needed")]
    return [Finding("ok", "Python", name)]


def check_path() -> list[Finding]:
    """Whether the command `python`, with which DVC runs each stage, finds the project."""
    found = shutil.which("python")
    if found is None:
        return [Finding("problem", "python on PATH", "there is none", ACTIVATE)]
    done = subprocess.run([found, "-c", LOOK], capture_output=True, text=True, check=False)
    prefix, lacking = json.loads(done.stdout) if done.returncode == 0 else ("", ["json"])
    if lacking:
        fact = f"{found} has no {' and no '.join(lacking)}, and DVC runs the stages with it"
        return [Finding("problem", "python on PATH", fact, ACTIVATE)]
    other = "" if os.path.realpath(prefix) == os.path.realpath(sys.prefix) else ", not this Python"
    return [Finding("ok", "python on PATH", f"{found}{other}")]


def check_packages() -> list[Finding]:
    """Whether each package is there in a version that pyproject.toml accepts."""
    needed = [Requirement(text) for text in requires("hw2") or []]
    needed = [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [problem for one in needed if (problem := _lack(one))]
    if wrong:
        return [Finding("problem", "packages", "; ".join(wrong), INSTALL)]
    return [Finding("ok", "packages", f"all {len(needed)} that pyproject.toml names")]


def _lack(needed: Requirement) -> str | None:
    try:
        have = version(needed.name)
    except PackageNotFoundError:
        return f"{needed.name} is not installed"
    if have not in SpecifierSet(str(needed.specifier), prereleases=True):
        return f"{needed.name} is {have}, not {needed.specifier}"
    return None


def check_torch() -> list[Finding]:
    """Torch, and the device that params.yaml makes of it."""
    torch = ask("torch")
    build = f"built for CUDA {torch['cuda']}" if torch["cuda"] else "built for the CPU"
    fact = f"{torch['version']}, {build}, {torch['threads']} CPU threads ({torch['vectors']})"
    device = findings_of("device", lambda: [_device(torch["gpus"], torch["gpu_bf16"])])
    return [Finding("ok", "torch", fact), *device]


def _device(gpus: list[str], gpu_bf16: bool) -> Finding:
    compute = read_section(Compute, "compute")
    precision = f"precision {compute.precision}"
    if compute.accelerator == "cuda" and not gpus:
        fact = "compute.accelerator is 'cuda', but torch sees no GPU"
        return Finding("problem", "device", fact, "set it to 'auto', or mend the driver")
    if compute.accelerator != "cpu" and gpus:
        if compute.devices > len(gpus):
            fact = f"compute.devices is {compute.devices}, but there are {len(gpus)} GPUs"
            return Finding("problem", "device", fact, "lower it in params.yaml")
        hardware = "bf16 in hardware" if gpu_bf16 else "no bf16 in hardware: use 32-true"
        return Finding("ok", "device", f"cuda ({', '.join(gpus)}), {hardware}, {precision}")
    why = "no GPU" if not gpus else "compute.accelerator is 'cpu'"
    hardware = "bf16 in hardware" if _cpu_bf16() else "bf16 emulated"
    return Finding("ok", "device", f"cpu ({why}), {hardware}, {precision}")


def _cpu_bf16() -> bool:
    cpuinfo = Path("/proc/cpuinfo")
    return cpuinfo.exists() and "_bf16" in cpuinfo.read_text()


def check_torchvision() -> list[Finding]:
    """Torchvision, of which the Inception network is made."""
    return [Finding("ok", "torchvision", ask("torchvision")["version"])]


def check_dlib() -> list[Finding]:
    """Dlib, whose detector counts faces."""
    return [Finding("ok", "dlib", f"{ask('dlib')['version']}, its face detector works")]
