"""Programs that run snippets in processes of their own; they import nothing of the engine."""
