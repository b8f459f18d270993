"""What every loop needs around its steps: resume, checkpoints, signals, curves, progress."""

import math
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

import torch
from torch import Tensor
from tqdm import tqdm

from hw2.core import processes
from hw2.core.checkpoint import Checkpoint
from hw2.core.divergence import check_means, check_states
from hw2.core.files import write_rows
from hw2.core.signals import Stopped, signals_to

MOST_STEPS = 100  # between two rows of the curves, and between two checks of the state
STEPS_TO_AGREE = 10  # between two moments at which several processes may stop or save, together


class Stateful(Protocol):
    """Anything that can be saved and restored: networks, optimisers, batches, EMA."""

    def state_dict(self) -> Any: ...
    def load_state_dict(self, state: Any) -> Any: ...


class Training:
    """Drives a loop so that it can be interrupted anywhere and still ends with the same bytes.

    Usage::

        training = Training("gan/dcgan", steps, parts, generators, checkpoint, batch)
        for step in training:          # resumes after the last checkpoint
            ...
            training.log({"d_loss": loss})
        training.write_curves(path)

    Args:
        name: what the progress bar shows.
        total_steps: number of steps of the whole training.
        parts: everything with a state that changes from step to step, by name.
        generators: every torch generator that the loop draws from; torch's global one is included.
        checkpoint: where the state is kept.
        images_per_step: for the speed that the bar shows.
        before_step: called before each step, if given.
        rows: number of rows of the curves; each is the mean over the steps since the last one.
    """

    def __init__(
        self,
        name: str,
        total_steps: int,
        parts: Mapping[str, Stateful],
        generators: Mapping[str, torch.Generator],
        checkpoint: Checkpoint,
        images_per_step: int,
        before_step: Callable[[], None] | None = None,
        rows: int = 200,
    ) -> None:
        self.name, self.total_steps, self.checkpoint = name, total_steps, checkpoint
        self.parts = dict(parts)
        self.generators = {"global": torch.default_generator, **generators}
        self.log_every = max(1, min(MOST_STEPS, math.ceil(total_steps / rows)))
        self.images_per_step, self._before_step = images_per_step, before_step
        self.step = 0
        self.rows: list[dict[str, float]] = []
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}
        self._since_row = 0
        self._signal: int | None = None

    def __iter__(self) -> Iterator[int]:
        """The numbers of the steps to do, from 0 or from where the last checkpoint ends.

        Raises:
            UserError: the training diverged; the poisoned state is not saved.
            Stopped: by SIGINT or SIGTERM, after the step that was begun; the state is saved.
        """
        self._resume()
        self._row_begun = time.monotonic()
        self._bar = tqdm(
            total=self.total_steps,
            initial=self.step,
            desc=self.name,
            unit="step",
            disable=processes.quiet(),
        )
        with signals_to(self._on_signal), self._bar:
            while self.step < self.total_steps:
                if self._before_step:
                    self._before_step()
                yield self.step
                self.step += 1
                self._bar.update()
                if self.step % MOST_STEPS == 0 or self.step == self.total_steps:
                    check_states(self.name, self.step, self._part_states())
                self._stop_or_save()

    def log(self, values: Mapping[str, Tensor]) -> None:
        """Note this step's values (scalars); they stay on the device until a row is due.

        A value may be left out on some steps: a row holds its mean over those that have it.

        Raises:
            UserError: a value of the row is NaN or infinite; the poisoned state is not saved.
        """
        for key, value in values.items():
            self._sums[key] = self._sums.get(key, 0) + value.detach().float()  # a copy, always
            self._counts[key] = self._counts.get(key, 0) + 1
        self._since_row += 1
        if (self.step + 1) % self.log_every == 0 or self.step + 1 == self.total_steps:
            self._finish_row()

    def keep_end(self) -> None:
        """Save the end of the training too: what stops the stage later does not cost it again."""
        self.checkpoint.save(self._state())

    def write_curves(self, path: Path) -> None:
        """Write the curves as CSV: column step, then one column a value; some cells are empty."""
        columns = list(dict.fromkeys(key for row in self.rows for key in row))
        write_rows(path, columns, ({k: shown(v) for k, v in row.items()} for row in self.rows))

    def _finish_row(self) -> None:
        row = self._means(self.step + 1)
        self.rows.append({"step": self.step + 1, **row})
        short = {key: f"{value:.3g}" for key, value in row.items()}
        self._bar.set_postfix(short | {"images/s": self._images_per_second()}, refresh=False)
        self._sums, self._counts, self._since_row = {}, {}, 0

    def _images_per_second(self) -> str:
        seconds = time.monotonic() - self._row_begun
        self._row_begun = time.monotonic()
        return f"{self._since_row * self.images_per_step / seconds:.0f}"

    def _means(self, steps_done: int) -> dict[str, float]:
        sums = processes.mean(torch.stack(list(self._sums.values()))).tolist()
        row = {key: total / self._counts[key] for key, total in zip(self._sums, sums, strict=True)}
        check_means(self.name, steps_done, row)
        return row

    def _part_states(self) -> dict[str, Any]:
        return {name: part.state_dict() for name, part in self.parts.items()}

    def _state(self) -> dict[str, Any]:
        """What a checkpoint holds; raises a UserError where any of it is poisoned."""
        if self._sums:
            self._means(self.step)
        parts = self._part_states()
        check_states(self.name, self.step, parts)
        generators = {name: g.get_state() for name, g in self.generators.items()}
        return {
            "step": self.step,
            "rows": self.rows,
            "counts": self._counts,
            "since_row": self._since_row,
            "parts": parts,
            "processes": processes.gathered({"sums": self._sums, "generators": generators}),
        }

    def _resume(self) -> None:
        state = self.checkpoint.load()
        if state is None:
            return
        self.step, self.rows = state["step"], state["rows"]
        own = state["processes"][processes.rank()]
        self._sums, self._counts = own["sums"], state["counts"]
        self._since_row = state["since_row"]
        for name, part in self.parts.items():
            part.load_state_dict(state["parts"][name])
        for name, generator in self.generators.items():
            generator.set_state(own["generators"][name])
        if processes.rank() == 0:
            tqdm.write(f"{self.name}: resumed after step {self.step} from {self.checkpoint.path}")

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._signal = number

    def _stop_or_save(self) -> None:
        """What a signal asks for, or the clock; all processes do the same after the same step."""
        if processes.count() > 1 and self.step % STEPS_TO_AGREE:
            return
        number, save = processes.any_of([self._signal or 0, int(self.checkpoint.is_due())])
        if number:
            self.checkpoint.save(self._state())
            raise Stopped(
                number,
                f"{self.name}: stopped by {signal.Signals(number).name} after step {self.step}; "
                "the state is saved, the next dvc repro goes on from there",
            )
        elif save:
            self.checkpoint.save(self._state())


def shown(value: float) -> str:
    """A number of steps whole, what was measured with six digits."""
    return str(value) if isinstance(value, int) else f"{value:.6g}"
