"""The hand-over: what sales knew, in one letter that delivery accepts before the project starts."""
