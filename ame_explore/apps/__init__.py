"""Programs: the command line, its terminal output, and the demo."""
