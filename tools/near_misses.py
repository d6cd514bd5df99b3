"""Print how each wrong answer near a right one is told, for all exercises: ``make course``.

Each question declares what its right answer is made of; from that, and from what every answer of
its kind has, wrong answers are made on the data of the exercise. None may pass or be told as
another mistake than it is, and each question has twenty at least (of few names: eight).
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from journeykit.course import shipped
from journeykit.course.compare import choice
from journeykit.course.lesson import load
from journeykit.course.plain import shown
from journeykit.course.question import Question
from journeykit.course.source import sources

FEWEST, SOME = 20, 8
"""Of a name out of fewer than six there are not so many wrong ones."""
RAW = Path(__file__).resolve().parents[1] / "exercises" / "raw"


def rows(question: Question) -> Iterator[tuple[str, str, str]]:
    """Give each neighbour, what comes out of it, and how it is told."""
    for each in question.neighbours:
        told = question.judge(each.answer)
        how = told.mistake or told.says
        yield each.made, shown(each.answer, 40), f"{told.state}: {how}"


def main() -> int:
    """Print the table of the exercises that are named, or of all; 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="exercises, all of them without")
    parser.add_argument("--brief", action="store_true", help="one line for each question")
    asked = parser.parse_args()
    ill = 0
    for source in sources(RAW, asked.names):
        lesson = load(source, shipped("sample_data") / source.about["data"])
        for name, question in lesson.questions.items():
            if not isinstance(question, Question) or question.how is None:
                continue
            there = [*rows(question)]
            named = sum(
                told.startswith("not yet")
                and told.removeprefix("not yet: ") in {known.name for known in question.mistakes}
                for _, _, told in there
            )
            print(f"{source.id} {name}: {len(there)} neighbours, {named} of them named")
            if not asked.brief:
                for made, answer, told in there:
                    print(f"    {made:<60} {answer:>24}  {told}")
            clashes = [*question.clashes()]
            few = isinstance(question.how, choice) and len(question.how.options) < 6
            if len(there) < (least := SOME if few else FEWEST):
                clashes.append(f"{len(there)} neighbours, and {least} are the least")
            for clash in clashes:
                print(f"  ! {clash}")
            ill += len(clashes)
    return int(ill > 0)


if __name__ == "__main__":
    sys.exit(main())
