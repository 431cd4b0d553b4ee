"""Slides and results to pages."""
