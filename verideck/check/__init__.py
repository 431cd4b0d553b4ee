"""What is wrong with decks and results."""
