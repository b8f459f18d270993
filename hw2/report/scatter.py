"""t-SNE maps: the same points once coloured by digit, once by domain."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hw2.core.errors import UserError
from hw2.core.seeds import numpy_generator
from hw2.report.figure import DOMAIN_COLOURS, STYLE, TEN_COLOURS, new_figure, numbers
from hw2.report.table import words

OTHER_COLOUR = "#717581"


def draw_maps(columns: dict[str, list[str]], source: str, title: str) -> tuple[Figure, Figure]:
    """The map by digit and the map by domain.

    Args:
        columns: CSV cells of ``x``, ``y``, ``digit`` (0 to 9) and ``domain`` (its name).
        source: the file they came from, for the error message.
        title: of both figures; what the colours mean is added.

    Raises:
        UserError: a column is missing or a cell is of another kind.
    """
    try:
        points = np.stack([numbers(columns["x"]), numbers(columns["y"])], axis=1)  # (N, 2)
        digits = np.array(columns["digit"], dtype=np.int64)
        domains = np.array(columns["domain"])
    except (KeyError, ValueError) as error:
        raise UserError(
            f"{source}: it needs columns x, y, digit and domain ({error}); run dvc repro embed"
        ) from None
    # A fixed random order, so that the domain listed last does not cover the other.
    order = numpy_generator(0, "report", "scatter").permutation(len(points))
    points, digits, domains = points[order], digits[order], domains[order]
    with mpl.rc_context(STYLE):
        return _by_digit(points, digits, title), _by_domain(points, domains, title)


def _by_digit(points: np.ndarray, digits: np.ndarray, title: str) -> Figure:
    figure, axis = _map(points, [TEN_COLOURS[digit % 10] for digit in digits], f"{title}, by digit")
    for digit in range(10):
        axis.scatter([], [], s=14, color=TEN_COLOURS[digit], label=str(digit))
    _legend(figure, 10)
    return figure


def _by_domain(points: np.ndarray, domains: np.ndarray, title: str) -> Figure:
    names = list(dict.fromkeys(sorted(domains.tolist())))
    colours = {name: DOMAIN_COLOURS.get(name, OTHER_COLOUR) for name in names}
    figure, axis = _map(points, [colours[name] for name in domains], f"{title}, by domain")
    for name in names:
        axis.scatter([], [], s=14, color=colours[name], label=words(name))
    _legend(figure, len(names))
    return figure


def _map(points: np.ndarray, colours: list[str], title: str) -> tuple[Figure, Axes]:
    figure = new_figure(3.6, 4.1, title)
    axis = figure.subplots()
    axis.scatter(points[:, 0], points[:, 1], s=5, c=colours, alpha=0.75, linewidths=0)
    axis.set_aspect("equal", adjustable="datalim")
    axis.set_xticks([])
    axis.set_yticks([])
    axis.set_xlabel("t-SNE 1 (no unit)")
    axis.set_ylabel("t-SNE 2")
    return figure, axis


def _legend(figure: Figure, columns: int) -> None:
    style = {"handlelength": 1.0, "handletextpad": 0.1, "columnspacing": 0.7, "borderpad": 0.1}
    figure.legend(loc="outside lower center", ncols=columns, **style)
