"""Run pytest many times in one folder: a process that has imported the libraries forks for each.

Of a second that a run would take to begin, most is the import of libraries that no change touches.
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

LIBRARIES = "altair anywidget duckdb hypothesis jinja2 nbformat pandas papermill pydantic rich \
 ruamel.yaml scipy.special scipy.stats sklearn.cluster sqlglot typer"


class Warm:
    """The process beside one copy of the package.

    Parameters
    ----------
    copy : Path
        Where the tests and the package lie; the folder of each run.
    """

    def __init__(self, copy: Path) -> None:
        self.copy = copy
        path = os.pathsep.join([str(copy), str(copy / "tools")])
        env = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        env["HYPOTHESIS_PROFILE"] = "mutants"
        env["OPENBLAS_NUM_THREADS"] = "1"  # none of its threads would be there after a fork
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mutation.warm"],
            cwd=copy,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()

    def pytest(
        self, words: list[str], seconds: float | None = None, **env: str
    ) -> tuple[int | None, str]:
        """Give the code of pytest and what it said; None where the time was up."""
        with tempfile.NamedTemporaryFile("r", errors="replace") as said:
            ask = {"words": words, "env": env, "said": said.name}
            self._process.stdin.write(json.dumps(ask) + "\n")
            child = int(self._process.stdout.readline())
            late = not select.select([self._process.stdout], [], [], seconds)[0]
            if late:
                os.killpg(child, signal.SIGKILL)
            code = int(self._process.stdout.readline())
            return (None if late else code), said.read()


def _serve() -> None:
    import importlib

    import pytest

    for name in LIBRARIES.split():
        importlib.import_module(name)
    assert "journeykit" not in sys.modules
    for line in sys.stdin:
        ask = json.loads(line)
        child = os.fork()
        if not child:
            _run(pytest, ask)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _run(pytest, ask: dict) -> None:
    os.setpgid(0, 0)
    os.environ.update(ask["env"])
    for handle, path, flags in ((0, os.devnull, os.O_RDONLY), (1, ask["said"], os.O_WRONLY)):
        os.dup2(os.open(path, flags), handle)
    os.dup2(1, 2)
    code = 70
    try:
        code = int(pytest.main(ask["words"]))
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
