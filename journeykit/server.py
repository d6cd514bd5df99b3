"""A small extension of Jupyter's server: what a widget asks goes out at once.

Jupyter leaves Nagle's algorithm on for the sockets between browser and kernel: a small message
waits there for some 40 ms until the one before is acknowledged. Here it is turned off for each
kernel socket when it opens. Nothing else is changed, and no address is added.
"""

from __future__ import annotations

import functools
from typing import Any

__all__ = ["send_at_once"]


def send_at_once(handler: type[Any]) -> bool:
    """Turn Nagle's algorithm off for each socket of a handler when it opens.

    Parameters
    ----------
    handler : type
        A tornado WebSocket handler with an asynchronous ``open``.

    Returns
    -------
    bool
        False where that was done already.
    """
    if getattr(handler, "journeykit_sends_at_once", False):
        return False
    opened = handler.open

    @functools.wraps(opened)
    async def open(self: Any, *given: Any, **named: Any) -> None:
        self.set_nodelay(True)
        await opened(self, *given, **named)

    handler.open = open
    handler.journeykit_sends_at_once = True
    return True


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "journeykit.server"}]


def _load_jupyter_server_extension(app: Any) -> None:
    try:
        from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

        send_at_once(KernelWebsocketHandler)
    except (ImportError, AttributeError) as problem:  # another version: slower, and all else works
        app.log.warning("journeykit: kernel sockets stay as they are (%s)", problem)
