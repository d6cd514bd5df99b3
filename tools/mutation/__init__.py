"""Small changes of meaning, made one at a time, to see whether a test notices: `tools/mutants.py`."""
