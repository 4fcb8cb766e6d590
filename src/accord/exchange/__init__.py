"""What goes into the engine and comes out of it as files: engagement files, planning tools' plans, reports, pictures."""
