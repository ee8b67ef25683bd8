"""A Windows server as its serial line shows it: the Special Administration Console and its channels."""
