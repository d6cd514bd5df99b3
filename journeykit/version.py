"""The version of the kit; pyproject.toml, the door, the results and the command line read it
here.
"""

__version__ = "0.1.0"
