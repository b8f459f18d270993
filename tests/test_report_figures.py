"""Grids, charts: what they show, and that equal content gives equal bytes."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image
from report_factory import disc_images, write_csv
from stage_imports import ROOT

from hw2.core.errors import UserError
from hw2.core.params import read_yaml
from hw2.core.seeds import numpy_generator
from hw2.data.arrays import ImageSet
from hw2.report.animation import FRAME_MS, LAST_FRAME_MS, process_frames, save_animation
from hw2.report.confusion import confusion_matrix, draw_confusion
from hw2.report.curves import draw_curves, running_mean
from hw2.report.figure import new_figure, save_figure
from hw2.report.grids import digit_grid, face_grid, pairs_grid, reverse_strip, tile
from hw2.report.scatter import draw_maps
from hw2.report.table import words
from hw2.report.target_curves import COLOURS, COLUMN, draw_target_curves, read_target_curves


def image_set(images: np.ndarray, names: list[str] | None = None, **labels: np.ndarray) -> ImageSet:
    return ImageSet(images, names or [str(index) for index in range(len(images))], **labels)


def flat_images(values: list[int], side: int) -> np.ndarray:
    ones = np.ones((len(values), side, side, 3))
    images: np.ndarray = (ones * np.array(values)[:, None, None, None]).astype(np.uint8)
    return images


def test_tile_goes_row_by_row_and_leaves_gaps_transparent() -> None:
    canvas = tile(flat_images([10, 20, 30], 2), columns=2, gap=1)
    assert canvas.shape == (5, 5, 4)
    assert canvas[0, 0, 0] == 10 and canvas[0, 3, 0] == 20 and canvas[3, 0, 0] == 30
    assert canvas[2, 2, 3] == 0 and canvas[3, 3, 3] == 0 and canvas[0, 0, 3] == 255


def test_faces_are_the_first_32_in_eight_columns() -> None:
    picture = np.asarray(face_grid(image_set(flat_images(list(range(40)), 64))))
    assert picture.shape[:2] == (4 * 66 - 2, 8 * 66 - 2)
    assert [picture[row * 66, 0, 0] for row in range(4)] == [0, 8, 16, 24]
    assert picture[3 * 66, 7 * 66, 0] == 31


def test_digit_grid_has_a_row_for_each_digit_and_a_column_for_each_noise() -> None:
    labels = np.repeat(np.arange(10), 12)
    values = [10 * digit + column for digit in range(10) for column in range(12)]
    samples = image_set(flat_images(values, 28), labels=labels)
    picture = np.asarray(digit_grid(samples, "samples.npz", zoom=1))
    corner = [[picture[r * 30 + 5, 14 + c * 30 + 5, 0] for c in range(10)] for r in range(10)]
    assert corner == [[10 * r + c for c in range(10)] for r in range(10)]


def test_digit_grid_without_labels_names_the_file() -> None:
    with pytest.raises(UserError, match="samples.npz"):
        digit_grid(image_set(flat_images([1], 28)), "samples.npz")


def test_reverse_strip_runs_from_noise_to_digit_whatever_the_order_of_the_file() -> None:
    frames = image_set(flat_images([200, 50, 100], 28), ["t=0", "t=600", "t=120"])
    picture = np.asarray(reverse_strip(frames, "frames.npz", zoom=1))
    assert [picture[3, column * 30 + 3, 0] for column in range(3)] == [50, 100, 200]
    with pytest.raises(UserError, match="frames.npz.*'last'"):
        reverse_strip(image_set(flat_images([1], 28), ["last"]), "frames.npz")


def process(values: dict[int, int]) -> ImageSet:
    """States of the reverse process, t to grey value, of ten digits that are one step apart."""
    names = [f"t={t}/{digit}" for t in values for digit in range(10)]
    greys = [grey + digit for grey in values.values() for digit in range(10)]
    return image_set(flat_images(greys, 4), names)


def test_the_animation_runs_from_noise_to_digit_and_rests_there(tmp_path: Path) -> None:
    frames = process_frames(process({0: 200, 600: 50, 300: 100}), "process.npz")
    assert [frame[1, 1, 0] for frame in frames] == [50, 100, 200]
    assert [frames[0][1, 5 * digit + 1, 0] for digit in range(10)] == list(range(50, 60))
    for name in ("a.webp", "b.webp"):
        save_animation(frames, tmp_path / name)
    assert (tmp_path / "a.webp").read_bytes() == (tmp_path / "b.webp").read_bytes()
    with Image.open(tmp_path / "a.webp") as image:
        assert getattr(image, "n_frames", 1) == 3 and image.info["loop"] == 0
        durations = []
        for index in range(3):
            image.seek(index)
            image.load()
            durations.append(image.info["duration"])
    assert durations == [FRAME_MS, FRAME_MS, LAST_FRAME_MS]


def test_a_process_of_another_form_is_refused() -> None:
    with pytest.raises(UserError, match="process.npz.*'t=3'"):
        process_frames(image_set(flat_images([1], 4), ["t=3"]), "process.npz")
    with pytest.raises(UserError, match="process.npz.*lacks a digit"):
        process_frames(image_set(flat_images([1], 4), ["t=3/0"]), "process.npz")


def test_pairs_stand_one_above_the_other() -> None:
    picture = np.asarray(pairs_grid(flat_images([10, 20], 4), flat_images([30, 40], 4), zoom=1))
    assert [picture[0, 0, 0], picture[0, 6, 0]] == [10, 20]
    assert [picture[6, 0, 0], picture[6, 6, 0]] == [30, 40]


def test_confusion_counts_rows_as_actual() -> None:
    counts = confusion_matrix({"actual": ["1", "1", "2"], "predicted": ["1", "7", "2"]}, "c.csv")
    assert counts[1, 1] == 1 and counts[1, 7] == 1 and counts[2, 2] == 1 and counts.sum() == 3


@pytest.mark.parametrize("cells", [["x"], ["10"], ["-1"], ["1.5"]])
def test_confusion_refuses_what_is_no_digit(cells: list[str]) -> None:
    with pytest.raises(UserError, match="c.csv"):
        confusion_matrix({"actual": cells, "predicted": cells}, "c.csv")


def test_running_mean_uses_fewer_values_at_the_ends() -> None:
    assert running_mean(np.array([0.0, 3.0, 6.0]), 3) == pytest.approx([1.5, 3.0, 4.5])


def test_monitors_have_a_panel_of_their_own() -> None:
    columns = {"step": ["0", "1"], "loss": ["1", "0.5"], "monitor.d_real": ["0.5", ""]}
    figure = draw_curves(columns, "run.csv", "title")
    assert [axis.get_legend_handles_labels()[1] for axis in figure.axes] == [["loss"], ["d real"]]
    assert figure.get_suptitle() == "title"
    assert len(draw_curves({"step": ["0"], "loss": ["1"]}, "run.csv", "title").axes) == 1


def test_a_column_logged_now_and_then_is_one_line_through_its_points() -> None:
    sparse = ["0.2" if step % 25 == 0 else "" for step in range(100)]
    columns = {"step": [str(step) for step in range(100)], "monitor.target accuracy": sparse}
    (line,) = draw_curves(columns, "run.csv", "title").axes[0].lines
    assert line.get_linestyle() == "-"
    assert list(np.asarray(line.get_xdata())) == [0, 25, 50, 75]


def adapt_run(root: Path, net: str, method: str, accuracy: str) -> dict[str, Any]:
    """Curves of one run, and what its metrics file would name."""
    columns = {"step": [0, 1, 2], "loss": [3, 2, 1], COLUMN: ["", accuracy, ""]}
    write_csv(root / f"plots/curves/adapt/a_b-{net}-{method}.csv", columns)
    return {"pair": "a_b", "net": net, "method": method, "report": ["003"]}


def test_target_accuracies_of_one_report_share_a_panel(tmp_path: Path) -> None:
    runs = [adapt_run(tmp_path, "mlp", "dann", "0.5"), adapt_run(tmp_path, "dsn", "dsn", "0.75")]
    panels = read_target_curves(runs, tmp_path)
    assert list(panels) == ["003: mlp, dsn"]
    assert panels["003: mlp, dsn"]["dann"].tolist() == [[1], [0.5]]
    figure = draw_target_curves(panels, "title")
    assert [line.get_ydata() for line in figure.axes[0].lines] == [[50], [75]]


def test_runs_that_logged_no_target_accuracy_make_no_panel(tmp_path: Path) -> None:
    write_csv(tmp_path / "plots/curves/adapt/a_b-c-dann.csv", {"step": [0], "loss": [1]})
    run = {"pair": "a_b", "net": "c", "method": "dann", "report": ["003"]}
    assert read_target_curves([run], tmp_path) == {}


def test_panels_beyond_a_row_leave_no_empty_axes(tmp_path: Path) -> None:
    line = np.array([[0.0, 1.0], [0.1, 0.2]])
    figure = draw_target_curves({str(panel): {"dann": line} for panel in range(5)}, "title")
    assert [axis.get_visible() for axis in figure.axes] == [True] * 5 + [False]
    save_figure(figure, tmp_path / "panels.png")


def test_every_method_of_params_yaml_and_a_new_one_are_in_the_legend() -> None:
    nets = read_yaml(ROOT / "params.yaml")["adapt"]["nets"].values()
    methods = {method for net in nets for method in net["methods"]}
    line = np.array([[0.0, 1.0], [0.1, 0.2]])
    lines = {"003: one": dict.fromkeys(methods, line), "two": {"brand_new": line}}
    legend = draw_target_curves(lines, "title").legends[0]
    named = {text.get_text() for text in legend.get_texts()}
    assert named == {words(method) for method in (*methods, "brand_new")}
    colours = [to_hex(handle.get_color()) for handle in legend.get_lines()]
    assert len(set(colours)) == len(colours)


def test_a_panel_without_a_report_is_called_after_its_nets(tmp_path: Path) -> None:
    name = "monitor.target accuracy"
    write_csv(tmp_path / "plots/curves/adapt/a_b-c-dann.csv", {"step": [0], name: [0.5]})
    run = {"pair": "a_b", "net": "c", "method": "dann", "report": []}
    assert list(read_target_curves([run], tmp_path)) == ["c"]


def test_all_methods_of_a_single_panel_fit_into_the_legend() -> None:
    line = np.array([[0.0, 1.0], [0.1, 0.2]])
    figure = draw_target_curves({"003": dict.fromkeys(COLOURS, line)}, "title")
    figure.draw_without_rendering()
    drawn = figure.legends[0].get_window_extent()
    assert drawn.x0 >= 0 and drawn.x1 <= figure.bbox.x1


def test_scores_of_a_critic_are_not_squeezed_into_the_range_of_a_probability() -> None:
    columns = {"step": ["0", "1"], "monitor.D(real)": ["-30", "12"]}
    low, high = draw_curves(columns, "run.csv", "title").axes[0].get_ylim()
    assert low < -30 and high > 12


@pytest.mark.parametrize("columns", [{"step": ["0"]}, {"loss": ["0"]}, {"step": ["zero"]}])
def test_curves_refuse_a_file_without_curves(columns: dict[str, list[str]]) -> None:
    with pytest.raises(UserError, match="run.csv"):
        draw_curves(columns, "run.csv", "title")


def test_curves_and_maps_with_one_point_or_a_lost_loss_are_drawn(tmp_path: Path) -> None:
    lost = draw_curves({"step": ["0", "1"], "loss": ["nan", "inf"]}, "run.csv", "title")
    save_figure(lost, tmp_path / "lost.png")
    one = {"x": ["0"], "y": ["0"], "digit": ["3"], "domain": ["elsewhere"]}
    for figure in draw_maps(one, "map.csv", "title"):
        save_figure(figure, tmp_path / "map.png")
    with pytest.raises(UserError, match="map.csv"):
        draw_maps({"x": ["0"], "y": ["0"]}, "map.csv", "title")


def test_a_figure_is_written_without_software_or_date_and_equal_twice(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        save_figure(draw_confusion(np.eye(10, dtype=int), "true", "read", "title"), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    with Image.open(tmp_path / "a.png") as image:
        assert "Software" not in image.info and "Creation Time" not in image.info


def test_factory_images_are_images() -> None:
    assert disc_images(numpy_generator(0, "test"), 3, 28).shape == (3, 28, 28, 3)


def test_a_long_title_stays_within_the_figure() -> None:
    title = "colour_cnn self training, SVHN → MNIST-M, starter data, by domain"
    figure = new_figure(3.6, 4.1, title)
    figure.draw_without_rendering()
    [shown] = figure.texts
    assert shown.get_text().split() == title.split()
    assert shown.get_window_extent().x1 < figure.bbox.x1
