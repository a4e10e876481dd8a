"""Maps of images and texts."""
