"""How numbers, shares, spans, names and tables are written: one place, for all floors above.

A share is always written with one decimal, a length of time in the unit that suits it, the name of
an event or a column as words. A value of a column stands as the data has it.
"""

from .columns import Column, column_of, table_of, written
from .write import (
    between,
    cell,
    day,
    label,
    number,
    people,
    percent,
    points,
    score,
    span,
    spoken,
    write,
)
