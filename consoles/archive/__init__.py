"""From the hub's disk into storage accounts: what lines printed, piece by piece, circular by each machine's limit, and deleted when it must be."""
