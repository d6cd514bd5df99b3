"""What a widget asks goes out at once, in the JupyterLab that ``journeykit lab`` starts.

Jupyter leaves Nagle's algorithm on for the sockets between browser and kernel: a small message
waits there for some 40 ms until the one before is acknowledged. Jupyter's own setting
``ServerApp.kernel_websocket_connection_class`` names the class below, so that nothing is patched
and no other server of the environment is touched.
"""

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class SendAtOnce(ZMQChannelsWebsocketConnection):
    """A connection of Jupyter's whose socket sends each message when it is written."""

    def connect(self) -> Any:
        """Turn Nagle's algorithm off, then connect as Jupyter does."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
