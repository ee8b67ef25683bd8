"""Writes about people, tenants and rights: each in one transaction with its audit entry. Callers ask the gate first."""
