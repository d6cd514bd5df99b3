"""Boards of other tools: their sticky notes, and the way of these into a workshop folder."""

from .place import bring
from .read import Board, Sticky, read_board
