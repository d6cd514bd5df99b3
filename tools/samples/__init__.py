"""Seeded generators of the sample data: one simulator, one module of story per industry."""
