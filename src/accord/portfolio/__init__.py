"""Read-only views over all engagements."""
