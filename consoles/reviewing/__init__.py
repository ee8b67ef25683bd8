"""Who was on which console, and what they saw: sessions, and replay. Pages that read, and one act that ends a session."""
