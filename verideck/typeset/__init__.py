"""Letters, formulas, code and drawings, made fit for a page."""
