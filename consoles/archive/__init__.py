"""From the hub's disk into storage accounts: what lines printed, piece by piece, circular by each machine's limit, and deleted when it must be.

Read it in the order in which a piece lives:

- `queue`, `jobs`: how work comes to a host's worker. `locking`: one process at a line at a time.
- `lines`: what there is to look after. `rounds`: one line after the other. `moving`: one line's pieces into its store.
- `packing`: which pieces are due, and their bytes. `objects`: the stores, as one run uses them. `rows`: the row of a piece.
- `backlog`: how far a line has come, and when a store that refuses is asked again. `window`: the arithmetic of all that.
- `checking`, `damage`: what is kept is read back, and what is not as it was put there is marked. `troubles`: what of all that a tenant is told.
- `circular`: the oldest beyond the machine's limit. `removing`: how any piece leaves.
- `erasing`, `expiring`: why output is deleted, by people and by the clock. `deleting`, `cutting`: how, exactly to the byte.
- `tidying`, `sweeping`: once a day, what a kill or a store that was away has left.
"""
