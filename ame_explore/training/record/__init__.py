"""A Run on disk: the recorder that writes it, the reader that opens it, and the layout that both share."""
