"""Many small students trained at once."""
