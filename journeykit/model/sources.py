"""Where the data of a workshop is, how often it is expected, and what it may be like."""

from typing import Annotated

from pydantic import Field, NonNegativeInt

from .base import Model, Names, Share, Text, one_of
from .presets import EXPECTED
from .tables import TABLES

_Expected = Annotated[str, one_of(of=EXPECTED)]


class DataTable(Model):
    """Where one table comes from, how often, and what its columns are called there."""

    source: Text
    expected: _Expected = ""
    columns: Names = {}
    day_first: bool = False
    scales: Names = {}


_Limit = Annotated[Share, Field(ge=0, le=1)]


class Limits(Model):
    """What the data may be like for a verdict to be drawn from it.

    ``set_aside``: the share of the rows of a table that cannot be used; ``repeats``: of the events
    of a day those that repeat another; ``volume``: so much of what there was before; ``age``: days
    since the newest row; ``gap_days``: days without any of the last 28. The last two, and what
    came on the days before, are limits where the folder says how often data is expected.
    """

    set_aside: _Limit = 0.05
    repeats: _Limit = 0.25
    volume: _Limit = 0.5
    age: NonNegativeInt | None = None
    gap_days: NonNegativeInt = 0


class Identity(Model):
    """The columns of the events that tell who it is: before it is known, and after."""

    anonymous: Text
    known: Text


class Sources(Model):
    """Where each table is, how often data is expected, and the limits of a verdict.

    ``deliveries``: what is read is only the newest part of the data, in whole days; the nights of
    the parts before are kept for the alarms.
    """

    also = TABLES
    __pydantic_extra__: dict[str, DataTable]
    expected: _Expected = ""
    deliveries: bool = False
    limits: Limits = Limits()
