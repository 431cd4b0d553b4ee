"""The engine: Markdown and Python snippets in, slides that show what the code produces out."""
