"""The wall of consoles. Read in order: views, watchable (whose), line_news (what they do), ranking (in which order)."""
