"""Scores over draws: means, deviations, and how samples are cut into draws."""

import numpy as np
import pytest

from hw2.core.errors import UserError
from hw2.evaluation.draws import over_draws, split_draws


def test_mean_and_sample_deviation() -> None:
    found = over_draws(
        [{"swd": 1.0, "fid": 7.0}, {"swd": 2.0, "fid": 7.0}, {"swd": 6.0, "fid": 7.0}]
    )
    assert found == {"swd": 3, "swd_std": pytest.approx(7**0.5), "fid": 7, "fid_std": 0}


def test_one_draw_has_no_deviation() -> None:
    assert over_draws([{"swd": 2.5}]) == {"swd": 2.5}


def test_nested_scores_are_treated_alike_and_deviations_get_none() -> None:
    found = over_draws(
        [{"a": {"64": 1.0}, "kid_subset_std": 2}, {"a": {"64": 3.0}, "kid_subset_std": 4}]
    )
    assert found == {"a": {"64": 2, "64_std": pytest.approx(2**0.5)}, "kid_subset_std": 3}


def test_draws_lie_one_after_another() -> None:
    first, second = split_draws(np.arange(6), 3, "samples.npz")
    assert first.tolist() == [0, 1, 2] and second.tolist() == [3, 4, 5]
    assert len(split_draws(np.arange(3), 3, "samples.npz")) == 1


@pytest.mark.parametrize("count", [0, 2, 4])
def test_broken_draws_are_refused(count: int) -> None:
    with pytest.raises(UserError, match=rf"samples\.npz: {count} images are no whole number"):
        split_draws(np.arange(count), 3, "samples.npz")
