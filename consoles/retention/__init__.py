"""How long a tenant keeps records, what is on hold, and what was deleted: the page, and the pruning of sessions."""
