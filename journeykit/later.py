"""What is slow to import and hardly ever used is made ready when somebody calls it.

Only for processes that the kit starts itself: its command line, the server of ``journeykit lab``
and the kernels of a run. ``import journeykit`` leaves other libraries as they are.
"""

import sys
from importlib.util import find_spec, module_from_spec
from threading import RLock
from typing import Any

# To be started with PYTHONSAFEPATH, which those that a notebook starts do not inherit. What lies
# beside a notebook can be imported and takes no library's place, neither now nor later.
KERNEL = (
    "import os, sys; os.environ.pop('PYTHONSAFEPATH', 0); sys.path.append(''); "
    "from ipykernel import kernelapp; kernelapp.launch_new_instance()"
)
"""The code of a kernel that looks into its own folder last."""


def put_off(name: str = "rfc3987_syntax", function: str = "is_valid_syntax") -> None:
    """Let a module that is not imported yet run at the first call of a function of it.

    ``rfc3987_syntax`` builds 38 grammars when jsonschema, and with it Altair, Papermill and
    nbformat, is imported: most of the time that any of these takes, for addresses that nobody
    checks. Threads that come while the module runs wait until it is whole.

    Parameters
    ----------
    name : str
        The module; where it is imported already or not installed, nothing is done.
    function : str
        What others take from it at import.

    Examples
    --------
    >>> put_off("no_such_module", "f")
    """
    if name in sys.modules or (spec := find_spec(name)) is None or spec.loader is None:
        return
    module, lock = module_from_spec(spec), RLock()
    loads = [spec.loader.exec_module]

    def ready(wanted: str) -> Any:
        with lock:
            if loads:  # empty while the module itself asks for a name that it does not have yet
                loads.pop()(module)
                del module.__getattr__
        return object.__getattribute__(module, wanted)

    vars(module).update({"__getattr__": ready, function: lambda *given: ready(function)(*given)})
    sys.modules[name] = module
