"""Measurements against floors of the same run; never a test with a time limit."""
