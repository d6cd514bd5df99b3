"""The words that a key of an exercise is written in; they need no import there."""

# ruff: noqa: F401
from journeykit.course.compare import Like, choice, names, number, numbers, ranking, table
from journeykit.course.plain import Table
from journeykit.course.question import OpenQuestion, Question, mistake, need
