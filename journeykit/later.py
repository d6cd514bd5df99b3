"""What is slow to import and hardly ever used is made ready when somebody calls it."""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from typing import Any

__all__ = ["put_off"]


def put_off(name: str, function: str) -> None:
    """Let a module that is not imported yet run at the first call of a function of it.

    ``rfc3987_syntax`` builds 38 grammars when jsonschema, and with it Altair, Papermill and nbformat,
    is imported: most of the time that any of these takes, for addresses that nobody checks.
    """
    if name in sys.modules or (spec := find_spec(name)) is None or spec.loader is None:
        return
    module, load = module_from_spec(spec), spec.loader.exec_module

    def ready(wanted: str) -> Any:
        module.__dict__.pop("__getattr__", None)
        load(module)
        return getattr(module, wanted)

    module.__dict__.update({"__getattr__": ready, function: lambda *given: ready(function)(*given)})
    sys.modules[name] = module
