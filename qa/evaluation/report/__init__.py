"""A run as one HTML file that people read, print and pass on."""

from qa.evaluation.report.page import render

__all__ = ["render"]
