"""The firm's members: who they are, what they may do."""
