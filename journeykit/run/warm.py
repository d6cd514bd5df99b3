"""The imports that a fork server does once, so that no notebook has to.

A fork server names this module in its preload list, and every process forked from there finds the
heavy libraries imported. Imports only: no thread, no connection, no renderer may be started before
a fork. Imported anywhere else, the module does nothing.
"""

import atexit
import contextlib
import gc
import importlib
import os
import pkgutil
import sys
from pathlib import Path

# What the kit itself imports at once is not listed.
LIBRARIES = """
IPython.core.completer IPython.core.magics ipykernel.ipkernel ipykernel.kernelapp ipykernel.zmqshell
duckdb sqlglot.dialects.duckdb scipy.stats sklearn.decomposition sklearn.feature_extraction.text
vl_convert
""".split()

LEFT_OUT = {"cli", "notebook", "pytest_plugin", "server", "__main__"}
"""Modules of the kit that no notebook imports."""


_parent = os.getppid()


def _import(name: str) -> None:
    if os.getppid() != _parent:
        os._exit(0)  # the run is over already: a Ctrl-C at its very beginning
    # What fails here fails again in the notebook that needs it, where a person sees it.
    with contextlib.suppress(Exception):
        importlib.import_module(name)


def _preload() -> None:
    # The linear algebra would start threads at import. Kernels share the cores anyway.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Where pyarrow is installed pandas imports it, and its allocator would start a thread, too.
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")
    gc.disable()
    # ipykernel takes half of a kernel's start to import a debugger that no run ever uses.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    _import("ipykernel.debugger")
    del sys.modules["debugpy"]
    for name in LIBRARIES:
        _import(name)
    rooms = [str(Path(__file__).parents[1])]
    for module in pkgutil.walk_packages(rooms, "journeykit.", onerror=lambda _: None):
        if not LEFT_OUT & set(module.name.split(".")):
            _import(module.name)
    # Compiles the rules by which labels are masked; what fails here fails again where one is.
    with contextlib.suppress(Exception):
        sys.modules["journeykit.numbers.few"].masked("Anna, 07")
    gc.collect()
    gc.freeze()  # what is shared stays shared: the collector no longer touches these pages
    atexit.register(gc.unfreeze)  # or libraries complain of leaks when the server ends
    gc.enable()


if any("multiprocessing.forkserver" in word for word in sys.orig_argv):
    _preload()
