"""Machines that are only pretended, for the demonstration and for tests: each is a task that plays a guest on one end of a socket pair."""
