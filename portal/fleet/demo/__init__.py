"""The demonstration that `make run` puts into an empty database: two tenants, their people and their machines."""
