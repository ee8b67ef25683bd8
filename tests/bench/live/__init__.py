"""The live console, measured beside its peers: see measurements.py. Empty, since the programs beside a measurement must stay small."""
