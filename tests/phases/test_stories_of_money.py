"""The other half of STORIES.md: what is bought together, credit, feelings, and the wrong audience."""
