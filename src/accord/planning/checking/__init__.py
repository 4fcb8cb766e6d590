"""The promise check of plans: what goes into the simulation, the job that runs it, and what its answer means."""
