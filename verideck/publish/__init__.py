"""Pages to the files of dist/."""
