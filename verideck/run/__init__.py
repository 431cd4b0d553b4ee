"""Runs of snippets: which are needed, how they run, what is kept of them."""
