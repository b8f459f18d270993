"""Modules in words: the first paragraph of their docstrings, read without importing them."""

import ast
from importlib import resources

from hw2.core.errors import UserError


def first_paragraph(package: str, module: str) -> str:
    """What the docstring of ``<package>.<module>`` begins with, on one line.

    Raises:
        UserError: there is no such module.
    """
    try:
        text = resources.files(package).joinpath(f"{module}.py").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"params.yaml names '{module}', but {package} has no such module") from None
    return " ".join((ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0].split())
