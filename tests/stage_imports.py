"""The files of this project that a stage runs, found by reading imports; nothing is imported."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMESPACES = ("hw2", "stages")


def module_file(module: str) -> Path | None:
    """``hw2.core.seeds`` -> hw2/core/seeds.py, relative to the root; None for a package."""
    path = Path(*module.split(".")).with_suffix(".py")
    return path if (ROOT / path).is_file() else None


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Of a file's syntax, all; some files are asked for a thousand times."""
    return list(ast.walk(ast.parse((ROOT / path).read_text())))


@cache
def imports(path: Path) -> set[Path]:
    """Project files that one file imports, at its top or anywhere inside."""
    found = set()
    for node in nodes(path):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            file = module_file(name) if name.split(".")[0] in NAMESPACES else None
            if file:
                found.add(file)
    return found


def closure(start: set[Path]) -> set[Path]:
    """`start` and everything it imports, directly or not; and files they read as package data."""
    done: set[Path] = set()
    todo = set(start)
    while todo:
        path = todo.pop()
        done.add(path)
        todo |= imports(path) - done
    return done


def lookups(files: set[Path]) -> set[str]:
    """Packages whose modules are looked up by name: string literals such as ``"hw2.gan.nets"``."""
    return set().union(*(_lookups(path) for path in files))


@cache
def _lookups(path: Path) -> set[str]:
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            package = ROOT.joinpath(*node.value.split("."))
            inside = node.value.startswith("hw2.") and node.value.count(".") == 2
            if inside and (package / "__init__.py").is_file():
                found.add(node.value)
    return found
