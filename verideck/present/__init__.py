"""A deck served while it is presented."""
