"""Other people's libraries: left alone by an import, and changed only while the change is needed."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

from journeykit.kernel import KERNEL


def said(code: str) -> str:
    """Run code in a new interpreter, and return what it printed."""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_opening_the_door_changes_nothing_in_other_libraries() -> None:
    code = """
import sys
before = dict(sys.modules)
import journeykit as jk
jk.funnel, jk.open_workshop, jk.charts, jk.open_exercise
changed = [name for name, module in before.items() if sys.modules.get(name) is not module]
import altair
print(changed, 'lark' in sys.modules)
"""
    alone = said("import sys, altair; print([], 'lark' in sys.modules)")
    assert said(code) == alone, "Altair imports what it imports without the kit"


def test_a_run_does_without_the_grammars(tmp_path: Path) -> None:
    code = f"""
import sys
from journeykit.cli import main
sys.argv = ["journeykit", "run", {str(tmp_path)!r}]
try:
    main()
except SystemExit as ended:
    assert ended.code == 2, 'there is no workshop'
import jsonschema, altair
assert 'lark' not in sys.modules, 'they would cost a run seconds'
"""
    said(code)


def test_a_kernel_of_the_kit_does_without_them_too() -> None:
    begins = KERNEL.partition("from ipykernel")[0]
    assert said(f"{begins}import altair, jupyter_client; print('lark' in sys.modules)") == "False"


# --- each change is needed still: where one of these fails, the change can go --------------------


def test_the_grammars_are_still_built_when_jsonschema_is_imported() -> None:
    assert said("import sys, jsonschema; print('lark' in sys.modules)") == "True", (
        "cli/testing.py, cli/app.py and kernel.py need not hide rfc3987_syntax any longer"
    )


def test_a_kernel_still_imports_a_debugger_that_no_run_uses() -> None:
    code = "import sys; from ipykernel.ipkernel import IPythonKernel; IPythonKernel()"
    assert said(f"{code}; print('debugpy' in sys.modules)") == "True", (
        "run/warm.py need not hide debugpy any longer"
    )


def test_jupyter_still_leaves_nagle_on() -> None:
    from jupyter_server.base import handlers, websocket
    from jupyter_server.services.kernels import websocket as kernels
    from jupyter_server.services.kernels.connection import channels

    for module in (handlers, websocket, kernels, channels):
        text = Path(inspect.getfile(module)).read_text("utf-8")
        assert "nodelay" not in text.lower(), "journeykit.server is no longer needed: remove it"
