"""Live views of bounds, landscapes and the shared feature space."""
