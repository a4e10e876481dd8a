"""What every live widget shares: the channel to the browser, the figure view and background work."""
