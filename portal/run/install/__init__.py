"""Installs what a checkout needs, each part only when its inputs changed: Python packages, programs, the front end."""
