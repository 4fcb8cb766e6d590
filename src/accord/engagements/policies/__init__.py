"""Policy as data: how much method an engagement needs, and what each profile asks. Versioned, dated, never changed."""
