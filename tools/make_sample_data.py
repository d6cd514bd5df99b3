"""Write the sample data: ``python tools/make_sample_data.py [retail saas healthcare]``.

The quotes that a sample's people have released go to its template.

The seeds are fixed and nothing looks at the clock, so a rerun gives the same bytes.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

SAMPLES = ("retail", "saas", "healthcare")
HOME = Path(__file__).resolve().parent.parent / "sample_data"


def main() -> None:
    """Read the arguments and write the samples that were asked for."""
    parser = argparse.ArgumentParser(description="Write the seeded sample data.")
    parser.add_argument("samples", nargs="*", help="of retail, saas, healthcare; default: all")
    parser.add_argument("--out", type=Path, default=HOME, help="folder for one folder per sample")
    given = parser.parse_args()
    unknown = [name for name in given.samples if name not in SAMPLES]
    if unknown:
        parser.error(f"no sample {unknown[0]!r}; there are {', '.join(SAMPLES)}")
    for name in given.samples or SAMPLES:
        import_module(f"samples.{name}").generate(given.out / name)
        size = sum(file.stat().st_size for file in (given.out / name).iterdir())
        print(f"{given.out / name}: {size / 1e6:.2f} MB")
        if given.out == HOME:
            quotes = import_module("samples.released").release(name)
            print(f"templates/{name}: {quotes} released quotes")


if __name__ == "__main__":
    main()
