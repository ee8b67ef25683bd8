"""Acts on machines: kinds (what there is), asking (services/operations.py), performing, lines (what only the hub can do)."""
