"""Programs that run snippets in their own processes; they import nothing of the engine."""
