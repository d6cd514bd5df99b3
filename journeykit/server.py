"""What the JupyterLab that ``journeykit lab`` starts does in its own way.

A file named like a library, beside a notebook, is no part of a kernel that starts:
``ServerApp.kernel_spec_manager_class`` names :class:`Kernels`. And what a widget asks goes out at
once.

Jupyter leaves Nagle's algorithm on for the sockets between browser and kernel: a small message
waits there for some 40 ms until the one before is acknowledged. Jupyter's own setting
``ServerApp.kernel_websocket_connection_class`` names the class below, so that nothing is patched
and no other server of the environment is touched.
"""

from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from journeykit.kernel import KERNEL


class Kernels(KernelSpecManager):
    """Starts Python's kernels so that the folder of a notebook is last on their path."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Change what starts a Python kernel; others start as they say."""
        spec = super().get_kernel_spec(kernel_name)
        if spec.argv[1:3] == ["-m", "ipykernel_launcher"]:
            spec.argv[1:3] = ["-c", KERNEL]
            spec.env = {**spec.env, "PYTHONSAFEPATH": "1"}
        return spec


class SendAtOnce(ZMQChannelsWebsocketConnection):
    """A connection of Jupyter's whose socket sends each message when it is written."""

    def connect(self) -> Any:
        """Turn Nagle's algorithm off, then connect as Jupyter does."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
