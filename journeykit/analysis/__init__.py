"""Tables in, tidy frames out: the numbers, and no pictures."""
