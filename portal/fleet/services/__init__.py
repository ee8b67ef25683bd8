"""Writes about what is managed: each in one transaction with its audit entry. Callers ask the gate first."""
