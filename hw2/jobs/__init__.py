"""Commands of DVC that `hw2` starts."""
