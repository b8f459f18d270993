"""The reports' claims: the file is whole, records are kept, the page tells what they say."""

import math
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from small_claim import SMALL, small
from stage_imports import ROOT

from hw2.claims.comparison import parse
from hw2.claims.definition import CLAIMS_FILE, read_claims
from hw2.claims.experiment import Experiment, experiments
from hw2.claims.overrides import applied, arguments
from hw2.claims.page import judge_all, page
from hw2.claims.records import Basis, Record, load, spreads
from hw2.claims.run import todo
from hw2.claims.spread import Spread
from hw2.commands.claims_check import check
from hw2.core.errors import UserError
from hw2.core.params import read_yaml, resolve_scale

CLAIMS = read_claims(ROOT / CLAIMS_FILE)
STARTER = Basis("starter", {"source": "starter", "counts": {}})


def test_all_claims_of_the_specification_are_there() -> None:
    assert list(CLAIMS) == [f"C{number}" for number in range(1, 30)]


def test_every_arm_is_a_params_file_that_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    check([one for name, claim in CLAIMS.items() for one in experiments(name, claim)])


@pytest.mark.parametrize("name", CLAIMS)
def test_arms_of_a_claim_differ_and_their_runs_exist(name: str) -> None:
    params, claim = read_yaml(ROOT / "params.yaml"), CLAIMS[name]
    group = {"gan": "models", "diffusion": "models", "adapt": "runs"}[claim.family]
    contents = []
    for one in experiments(name, claim):
        assert one.run in params[claim.family][group]
        assert re.fullmatch(r"C\d+-[a-z0-9_]+-\d+", one.name)
        contents.append([one.run, one.params(params)])
    assert all(contents.count(content) == 1 for content in contents), "two arms are the same"


@pytest.mark.parametrize("name", CLAIMS)
def test_every_arm_is_compared_or_said_not_to_be(name: str) -> None:
    claim = CLAIMS[name]
    compared = {arm for text in claim.comparisons for arm, _ in parse(text).terms}
    assert compared == set(claim.arms) or claim.untested


@pytest.mark.parametrize(("name", "arms"), [("C1", 2), ("C4", 2), ("C14", 2), ("C6", 4)])
@pytest.mark.parametrize("scale", ["starter", "full"])
def test_arms_see_as_many_images(name: str, arms: int, scale: str) -> None:
    """Those that are compared; of C6 in an epoch, so that smaller batches make more steps."""
    claim, params, seen = CLAIMS[name], read_yaml(ROOT / "params.yaml"), {}
    compared = {arm for text in claim.comparisons for arm, _ in parse(text).terms}
    for one in experiments(name, claim):
        model = one.params(params)["gan"]["models"][one.run]
        sizes = [resolve_scale(model[key], scale) for key in ("steps", "batch", "d_steps")]
        if (arm := one.name.split("-")[1]) in compared:
            seen[arm] = math.prod(sizes)
    assert len(seen) == arms and len(set(seen.values())) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arms": {"right": {"run": "context_unt"}}}, "'context_unt'.*'context_unet'"),
        ({"metrics": {"accuracy": "judge_acuracy"}}, "'judge_acuracy'.*'judge_accuracy'"),
        ({"metrics": {"accuracy": "curve:los:late"}}, "'curve:los'.*'curve:loss'"),
    ],
)
def test_what_is_not_there_is_named_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], message: str
) -> None:
    monkeypatch.chdir(ROOT)
    rules = {"confirmed_by": ["right.accuracy > 0.5"], "refuted_by": ["right.accuracy < 0.5"]}
    claim = small(**{"needs": [], **rules, **changes})
    with pytest.raises(UserError, match=f"C0-right-0: there is no .*{message}"):
        check(experiments("C0", claim))


def test_metrics_of_nothing_measured_yet_are_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text((ROOT / "params.yaml").read_text())
    check(experiments("C0", small(metrics={"accuracy": "new_score"})))


def test_a_wrong_override_is_named_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    wrong = {"right": {"run": "context_unet", "set": {"diffusion.models.context_unet.guidence": 1}}}
    rules = {"needs": [], "confirmed_by": ["right.accuracy > 0.5"]}
    claim = small(arms=wrong, **rules, refuted_by=["right.accuracy < 0.5"])
    with pytest.raises(UserError, match=r"C0-right-0: .*guidence.*did you mean 'guidance'"):
        check(experiments("C0", claim))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"confirmed_by": ["nave.accuracy < 0.5"]}, "there is no arm 'nave'"),
        ({"confirmed_by": ["naive.acuracy < 0.5"]}, "there is no metric 'acuracy'"),
        ({"confirmed_by": ["naive.accuracy =< 0.5"]}, "is no comparison"),
        ({"seeds": []}, "C0.seeds"),
        ({"set": {"adapt.common.seeds": 3}}, "C0.*seeds 0 and 1 would train some networks twice"),
        ({"family": "adapt"}, "with several seeds, set adapt.common.seeds to a number"),
        ({"colour": 1}, "C0.colour"),
        ({"metrics": {"accuracy": "curve:loss:soon"}}, "'curve:loss:soon' is no .*late, rise"),
        ({"metrics": {"accuracy": "curve:loss"}}, "C0.metrics.*'curve:loss' is no curve"),
    ],
)
def test_a_wrong_claim_is_named(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(yaml.safe_dump({"C0": {**SMALL, **changes}}))
    with pytest.raises(UserError, match=message):
        read_claims(path)


def test_a_claim_needs_a_name_that_experiments_can_carry(tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(yaml.safe_dump({"C-1": SMALL}))
    with pytest.raises(UserError, match="'C-1': a claim's name has letters"):
        read_claims(path)


@pytest.mark.parametrize("metric", ["per_class", "judge.accuracy.mean", "hardware"])
def test_a_metric_that_is_no_number_is_named(metric: str) -> None:
    scores = {"per_class": [0.5, None], "judge": {"accuracy": 0.5}, "hardware": "a CPU"}
    with pytest.raises(UserError, match=f"'{metric}' is no number"):
        spreads({"accuracy": metric}, scores, "step,loss\n")


def test_dvc_writes_the_params_that_were_checked(tmp_path: Path) -> None:
    """A number over a value for each scale, the reverse, a new key, null, a list, a lost key."""
    from dvc.utils.hydra import apply_overrides

    steps = {"smoke": 1, "starter": 2, "full": 3}
    changes = {
        "gan.models.dcgan.steps": 7,
        "gan.models.sagan.steps": steps,
        "adapt.common.source_images": steps,
        "gan.models.dcgan.optimizers.discriminator.weight_decay": 1e-5,
        "adapt.nets.conv_wide.colour_jitter": None,
        "gan.models.dcgan.pixel_range": [[-2.1, -2.0, -1.8], [2.2, 2.4, 2.6]],
        "diffusion.samplers.ddpm.args.order": "rising",
        "diffusion.models.attention_unet.net_args.attention": False,
    }
    drop = ["gan.models.wgan_gp.loss_args.penalty_weight", "adapt.runs.mnistm_usps-conv_bn-dann"]
    path = tmp_path / "params.yaml"
    path.write_text((ROOT / "params.yaml").read_text())
    apply_overrides(path, [word for word in arguments(changes, drop) if word != "-S"])
    assert read_yaml(path) == applied(read_yaml(ROOT / "params.yaml"), changes, drop)


@pytest.mark.parametrize("key", ["adapt.nots.conv_bn.steps", "seed.more"])
def test_a_change_needs_a_section(key: str) -> None:
    with pytest.raises(UserError, match=r"has no section"):
        applied({"seed": 0, "adapt": {}}, {key: 1}, [])


def test_parts_of_a_mapping_are_changed_one_by_one() -> None:
    with pytest.raises(UserError, match=r"give its parts one by one, 'a.b.<part>"):
        arguments({"a.b": {"eta": 1.0}}, [])


def record(experiment: Experiment, accuracy: float, basis: Basis = STARTER) -> Record:
    spreads = {"accuracy": Spread(accuracy, 0.02, 3, "draws")}
    return Record(experiment, basis, spreads, 100, "a CPU", "0" * 40, 90.0, "2026-11-21")


def test_what_is_done_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = experiments("C0", small())
    assert len(wanted) == 4 and todo(wanted, STARTER) == wanted
    record(wanted[0], 0.9).save()
    assert todo(wanted, STARTER) == wanted[1:]
    assert todo(wanted, Basis("full", STARTER.data)) == wanted
    assert todo(wanted, Basis("starter", {"source": "own"})) == wanted
    changed = small(set={"diffusion.samplers.ddim.steps": 6})
    assert load(experiments("C0", changed)[0], STARTER) is None


def test_the_page_tells_verdict_and_basis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for one in experiments("C0", small()):
        seed = int(one.name[-1])
        record(one, 0.9 + 0.02 * seed if "right" in one.name else 0.1 + 0.02 * seed).save()
    text = page(judge_all({"C0": small(), "C1": small(claim="Again.")}))
    assert re.search(r"\| C0 +\| 004 +\| Skipping breaks DDPM. +\| holds +\| 6.0 min +\|", text)
    assert re.search(r"\| C1 +\| 004 +\| Again. +\| not run +\| sampling +\|", text)
    assert "0.91 ± 0.014 (2 trainings)" in text
    assert "- confirms: `naive.accuracy < right.accuracy - 0.3`: shown, +0.5 ± 0.014" in text
    assert "N = 100 images a value; seed 0, 1; scale starter; data: the built-in" in text
    assert "hardware: a CPU; 2026-11-21; experiments: 4." in text


def test_records_of_two_scales_are_not_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = experiments("C0", small())
    for one in wanted[:3]:
        record(one, 0.9).save()
    record(wanted[3], 0.1, Basis("full", STARTER.data)).save()
    assert len(judge_all({"C0": small()})["C0"].records) == 3
