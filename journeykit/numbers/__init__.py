"""Tables in, tidy frames out: the catalogue of numbers, and no pictures.

Each file declares its numbers with `journeykit.numbers.catalogue.number`; they are found by walking
this folder, so that a new number is a new file and no list. SciPy and scikit-learn are loaded by
the functions that need them, when they need them.
"""

from importlib import import_module
from pkgutil import iter_modules

from journeykit.numbers.catalogue import CATALOGUE, METRICS
from journeykit.numbers.claimed import measure

for _file in iter_modules(__path__):
    import_module(f"{__name__}.{_file.name}")

# After the files, some of which bear the name of their number.
from journeykit.numbers.basket import basket, next_product  # noqa: E402
from journeykit.numbers.beliefs import belief_score, beliefs  # noqa: E402
from journeykit.numbers.campaigns import campaign_coverage, campaign_effect  # noqa: E402
from journeykit.numbers.experiment import read_ab, sample_size  # noqa: E402
from journeykit.numbers.frames import tidy  # noqa: E402
from journeykit.numbers.funnel import reached  # noqa: E402
from journeykit.numbers.hours import promise_hours  # noqa: E402
from journeykit.numbers.leads import rate_by, rates  # noqa: E402
from journeykit.numbers.mask import mask  # noqa: E402
from journeykit.numbers.orders import repeat_purchase  # noqa: E402
from journeykit.numbers.scores import ces, csat, nps  # noqa: E402
from journeykit.numbers.service import promises, service  # noqa: E402
from journeykit.numbers.stats import wilson  # noqa: E402
from journeykit.numbers.survey import emotion_by_stage, survey_by  # noqa: E402
from journeykit.numbers.sus import sus, sus_scores  # noqa: E402
from journeykit.numbers.themes import themes  # noqa: E402

globals().update({name: made.function for name, made in CATALOGUE.items()})
__all__ = sorted(
    {*CATALOGUE, "CATALOGUE", "METRICS", "mask", "measure", "reached", "tidy", "wilson"}
)
