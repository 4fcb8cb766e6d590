"""Accord: engagement management. Nobody promises alone."""

__version__ = "0.1.0"
