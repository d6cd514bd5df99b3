"""The command line: ``journeykit new``, ``check``, ``test``, ``run`` and ``lab``."""

from journeykit.cli.app import main
