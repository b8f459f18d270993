"""A damaged file of DVC is told with its line and its cure."""

from pathlib import Path

import pytest

from hw2.core.errors import UserError
from hw2.doctor.dvc_files import check_dvc_files, check_pipeline

HALF = "stages:\n  prepare:\n    cmd: python -m stages.prepare\n"
DAMAGES: dict[str, tuple[str, bytes, str]] = {
    "empty lock": ("dvc.lock", b"", "dvc.lock: is empty; git checkout dvc.lock; where git has"),
    "lock without stages": ("dvc.lock", b"schema: '2.0'\n", "dvc.lock: .* cut short"),
    "binary lock": ("dvc.lock", b"\x7fELF\xd0\x00", "dvc.lock: .* not UTF-8"),
    "merged lock": (
        "dvc.lock",
        b"a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n",
        r"dvc.lock, line 2: .*unfinished merge.* --ours dvc.lock .*dvc repro",
    ),
    "lock cut in a word": ("dvc.lock", b"stages:\n  a: [", "dvc.lock, line 3: is no valid YAML"),
    "empty data.dvc": ("data.dvc", b"\n", "data.dvc: is empty; .*rm data.dvc, then dvc add data"),
    "data.dvc without outs": ("data.dvc", b"desc: x\nouts: []\n", "data.dvc: .*no outs"),
    "empty pipeline": ("dvc.yaml", b"# nothing\n", "dvc.yaml: is empty; git checkout dvc.yaml"),
    "list for a pipeline": ("dvc.yaml", b"- 1\n", "dvc.yaml: .*no keys"),
    "killed DVC": (".dvc/tmp/rwlock", b"", "rwlock: .*no other dvc .*: rm .dvc/tmp/rwlock"),
    "half a pipeline": ("dvc.yaml", HALF.encode(), r"no stage runs stages/report\.py: is it cut"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file_of_dvc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    check_dvc_files()  # none of them is there
    (tmp_path / "stages").mkdir()
    (tmp_path / "stages/report.py").touch()
    file, content, message = DAMAGES[name]
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_bytes(content)
    with pytest.raises(UserError, match=message):
        check_dvc_files()
    if file in ("dvc.yaml", "data.dvc", ".dvc/tmp/rwlock"):
        (found,) = check_pipeline()
        assert found.status == "problem"
