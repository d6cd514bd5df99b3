"""Other people's libraries: left alone by an import, and changed only while the change is needed."""

from __future__ import annotations

import inspect
import subprocess
import sys
import threading
import types
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from journeykit.later import put_off


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


def test_the_command_line_puts_the_grammars_off() -> None:
    code = """
import sys
from journeykit.cli import main
sys.argv = ["journeykit", "version"]
try:
    main()
except SystemExit:
    pass
import jsonschema
assert 'lark' not in sys.modules, 'they would cost each import of Altair seconds'
known = jsonschema.FormatChecker()
assert known.conforms('http://a.example/b', 'iri') and not known.conforms('http://a b', 'iri')
assert 'lark' in sys.modules
import rfc3987_syntax, rfc3987_syntax.syntax_helpers
assert rfc3987_syntax.is_valid_syntax_iri('http://a') and rfc3987_syntax.parse
assert not hasattr(rfc3987_syntax, 'nothing')
"""
    said(code)


def test_what_is_put_off_can_be_taken_whole_or_was_there_before() -> None:
    off = "from journeykit.later import put_off; put_off()\n"
    said(f"{off}from rfc3987_syntax import *\nassert is_valid_syntax_iri('http://a')")
    said(
        f"import rfc3987_syntax as it, sys\n{off}"
        "assert sys.modules['rfc3987_syntax'] is it and it.parse"
    )


def test_what_is_not_installed_is_not_put_off() -> None:
    put_off("no_such_module", "f")
    assert "no_such_module" not in sys.modules


def test_two_threads_at_once_both_get_the_whole_module(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow:
        @staticmethod
        def create_module(spec: ModuleSpec) -> None:
            return None

        @staticmethod
        def exec_module(module: types.ModuleType) -> None:
            assert not hasattr(module, "late"), "it may ask for what it does not have yet"
            begun.set()
            assert go_on.wait(10)
            vars(module).update(check=lambda word: word.upper(), late="late")

    name = "a_slow_module"
    spec = ModuleSpec(name, Slow())  # type: ignore[arg-type]
    monkeypatch.setattr("journeykit.later.find_spec", lambda _: spec)
    put_off(name, "check")
    module = sys.modules.pop(name)
    heard: list[str] = []
    first = threading.Thread(target=lambda: heard.append(module.check("a")))
    second = threading.Thread(target=lambda: heard.append(module.late))
    first.start()
    assert begun.wait(10)
    second.start()
    second.join(0.2)
    assert second.is_alive(), "it waits until the module is whole"
    go_on.set()
    first.join(10)
    second.join(10)
    assert sorted(heard) == ["A", "late"]
    with pytest.raises(AttributeError):
        _ = module.nothing


# --- each change is needed still: where one of these fails, the change can go --------------------


def test_the_grammars_are_still_built_when_jsonschema_is_imported() -> None:
    assert said("import sys, jsonschema; print('lark' in sys.modules)") == "True", (
        "journeykit.later is no longer needed: remove it, with its calls"
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
