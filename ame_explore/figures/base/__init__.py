"""What every figure shares: style, colours, labels, panels and thumbnails."""
