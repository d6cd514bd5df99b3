"""The lecturer's side of the exercises: copies from one source, and grading."""

from __future__ import annotations

from journeykit.grade.build import build as build_copies
from journeykit.grade.build import build_graded, copies, skeleton, sources
from journeykit.grade.grade import grade_folder
from journeykit.grade.marks import Mark
from journeykit.grade.sandbox import Limits, wall

__all__ = [
    "Limits", "Mark", "build_copies", "build_graded", "copies", "grade_folder", "skeleton", "sources",
    "wall",
]  # fmt: skip
