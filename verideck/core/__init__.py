"""Code that every room uses: records, errors, the project's files, colours, messages."""
