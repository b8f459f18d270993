"""The templates of the page: one look for the page and for what is set into it later."""

from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hw2.report.table import origin, pair_words, percent, words


def environment() -> Environment:
    """Templates of hw2/report, with the filters that put figures into words; text is escaped."""
    made = Environment(
        loader=PackageLoader("hw2.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(words=words, pair_words=pair_words, percent=percent, origin=origin)
    return made


def style() -> Markup:
    """The page's style sheet, to stand inside it."""
    return Markup(resources.files("hw2.report").joinpath("page.css").read_text(encoding="utf-8"))
