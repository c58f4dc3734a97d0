"""Surveys: members, advisers and employers are asked, and nobody learns who answered what.

An answer is added to a count at once and is never a row of its own; the count is nobody's to read
before the survey has closed (docs/decisions). Layers: on cases and handovers, below goals.
"""
