"""What is measured, and on which events: known to every contender, so it imports nothing."""

STEPS = ("landing", "catalog", "product", "cart", "checkout", "purchase")
GOAL = "purchase"
SESSION_SECONDS = 1800
MATRIX_STEPS, TOP_PATHS = 15, 20
#: The rows of the table; `load` is what has to be done before any of the others.
OPERATIONS = (
    "load",
    "sessions",
    "funnel",
    "funnel by channel",
    "transitions with medians",
    "step matrix",
    "top paths",
    "last before loss",
    "markov",
)
