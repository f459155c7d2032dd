"""Forms and words of selections, one file per actor."""
