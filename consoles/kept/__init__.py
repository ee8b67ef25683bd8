"""What is kept of a line's log, wherever it lies: on the hub's disk, or in storage accounts."""
