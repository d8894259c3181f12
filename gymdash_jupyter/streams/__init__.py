"""Reading what a simulation left on disk."""
