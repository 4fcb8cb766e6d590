"""The client's side of a proposal: the link by which a contact reads it, and what they say to it."""
