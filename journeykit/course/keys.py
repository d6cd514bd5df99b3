"""The words that a key of an exercise is written in; they need no import there."""

# ruff: noqa: F401
from .compare import Like, choice, names, number, numbers, ranking, table
from .near import parts
from .plain import Table
from .question import Question, mistake, need
from .unjudged import OpenQuestion
