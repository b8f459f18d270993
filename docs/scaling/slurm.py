"""One experiment as one job in Slurm, through submitit; docs/scaling.md says how.

python docs/scaling/slurm.py REPOSITORY NAME [-S key=value ...]
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import submitit
from submitit.helpers import CommandFunction

FOLDER = Path(".work/slurm")  # scripts, output and clones of the jobs; every node must see it
COMMANDS = """
git clone "$REPOSITORY" "$NAME"
cd "$NAME"
dvc exp run --pull -n "$NAME" $CHANGES
dvc exp push origin "$NAME"
"""


def job(repository: str, name: str, changes: str) -> CommandFunction:
    """The commands as a function without arguments, in the environment of this Python."""
    environment = {
        **os.environ,
        **{"REPOSITORY": repository, "NAME": name, "CHANGES": changes},
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    return CommandFunction(["sh", "-ec", COMMANDS], cwd=FOLDER.absolute(), env=environment)


def executor(cluster: str | None, **resources: Any) -> submitit.AutoExecutor:
    """Where jobs go: None is Slurm where there is one, else this machine."""
    found = submitit.AutoExecutor(folder=FOLDER, cluster=cluster)
    found.update_parameters(name="hw2", **resources)
    return found


def main() -> None:
    """Submit the job that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repository", help="the Git remote that all machines see")
    parser.add_argument("name", help="of the experiment, and of its clone")
    parser.add_argument("--cluster", choices=["slurm", "local", "debug"])
    parser.add_argument("--partition")
    parser.add_argument("--gpus", type=int, required=True)
    parser.add_argument("--cpus", type=int, required=True)
    parser.add_argument("--hours", type=int, required=True)
    arguments, changes = parser.parse_known_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    where = executor(
        arguments.cluster,
        gpus_per_node=arguments.gpus,
        cpus_per_task=arguments.cpus,
        timeout_min=60 * arguments.hours,
        slurm_partition=arguments.partition,
    )
    submitted = where.submit(job(arguments.repository, arguments.name, " ".join(changes)))
    print(f"job {submitted.job_id}; output: {submitted.paths.stdout}")
    if arguments.cluster in ("local", "debug"):
        submitted.result()


if __name__ == "__main__":
    main()
