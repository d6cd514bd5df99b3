"""The command line: ``journeykit new``, ``check``, ``test``, ``run`` and ``lab``."""

from .app import main
