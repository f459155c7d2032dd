"""Reads messages, the calendar, notices and objections as plain values. Never changes anything."""
