"""Boot diagnostics of a machine: its picture and its log side by side, downloads, links that expire, and what is kept."""
