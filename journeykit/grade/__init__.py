"""The lecturer's side of the exercises: copies from one source, and grading."""

from __future__ import annotations

from journeykit.grade.build import build as build_copies
from journeykit.grade.build import build_graded, copies, skeleton, sources

__all__ = ["build_copies", "build_graded", "copies", "skeleton", "sources"]
