"""The engine: makes slide decks from Markdown and Python snippets, and proves that they show what the code produces."""
