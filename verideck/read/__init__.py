"""Parses the text of a deck into slides."""
