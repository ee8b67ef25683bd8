"""The audit log for people who read it: what they ask for, how it looks, and files of it."""
