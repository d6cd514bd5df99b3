"""Private names of other libraries, in one place, with the versions that they hold for.

What a library keeps to itself may be gone with its next release. So nothing else in the kit touches
it, each use asks whether it is there, and a test tells when a version is installed for which nobody
has looked.
"""

from typing import Any

NAMES = {"ipykernel.comm.comm:BaseComm._reply_subshell_for": ">=7.4,<7.5"}
"""What is used below: module and name, and the versions of its library that were looked at."""


def answer_each_browser_itself(comm: Any) -> None:
    """Let what a browser says be answered in the thread in which it came.

    ipykernel 7.4 sends a message to the thread that spoke last: another browser's, so that one
    overtakes the other, or one that has ended. Before that version there is no such choice.

    Parameters
    ----------
    comm : ipykernel.comm.Comm
        The line between a widget and its browsers; only this one is changed.

    Examples
    --------
    >>> class Comm:
    ...     def _reply_subshell_for(self, data, asked): ...
    >>> answer_each_browser_itself(line := Comm())
    >>> line._reply_subshell_for({}, "a")
    'a'
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _, asked: asked
