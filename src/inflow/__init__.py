"""Inflow: one way in by e-mail for a whole organisation."""

__version__ = "0.1.0"
