"""Figures for a monitoring system, behind a token of their own."""
