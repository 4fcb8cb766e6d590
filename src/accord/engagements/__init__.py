"""The spine: engagements, their stages, and what clients were led to expect."""
