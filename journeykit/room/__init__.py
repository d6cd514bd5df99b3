"""A room that phones join: a process of its own with a listener of its own, never Jupyter's.

::

    phone --WebSocket--> room: the same widgets as in a notebook, on this process' desk
    notebook --loopback, with a key--> room: open, lock, begin, reveal, close

There is no second implementation of anything: a phone runs the script of the widget, the room holds
its Python half, and what is written goes through the desk's journal into the folder. Only what a
participant may not do is refused here, before the widget hears it.
"""

from .hall import Hall, addresses
from .server import serve
