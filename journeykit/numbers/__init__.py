"""Tables in, tidy frames out: the catalogue of numbers, and no pictures.

Each file declares its numbers with `journeykit.numbers.catalogue.number`; they are found by walking
this folder, so that a new number is a new file and no list. SciPy and scikit-learn are loaded by
the functions that need them, when they need them.
"""

from importlib import import_module
from pkgutil import iter_modules

from .catalogue import CATALOGUE as CATALOGUE
from .catalogue import METRICS as METRICS

for _file in iter_modules(__path__):
    import_module(f"{__name__}.{_file.name}")

# What is asked of a list of answers, a text or two numbers, and not of a table of the workshop;
# after the files, some of which bear the name of their number.
from .beliefs import belief_score, beliefs  # noqa: E402
from .conversion import reached  # noqa: E402
from .experiment import read_ab, sample_size  # noqa: E402
from .mask import mask  # noqa: E402
from .scores import ces, csat, nps  # noqa: E402
from .stats import wilson  # noqa: E402
from .sus import sus, sus_scores  # noqa: E402
from .themes import themes  # noqa: E402

_PLAIN = "belief_score beliefs ces csat mask nps read_ab reached sample_size sus sus_scores"
globals().update({name: made.function for name, made in CATALOGUE.items()})
__all__ = sorted({*CATALOGUE, *_PLAIN.split(), "themes", "wilson"})
