"""A whole round of selection on invented data, played through the real services: for the demo city and `simulate`."""
