"""A deck's text to slides."""
