"""Pages to PDF, and facts about its layout."""
