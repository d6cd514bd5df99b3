"""The lanes of the map, the grades of evidence and the phases: id to the words shown, in order;
and how often data is expected.
"""

from journeykit.declared import beside

LANES, EVIDENCE, PHASES, EXPECTED = beside(__file__).values()

WALKED = ("touchpoints", "actions")
"""The lanes that a walk goes through, in this order within a stage."""
BLUEPRINT = ("front-stage", "back-stage", "support-process")
"""The lanes of a service blueprint, which no map has until one of its cards stands there."""
BEHIND = BLUEPRINT[1:]
"""Those behind the line of visibility."""
