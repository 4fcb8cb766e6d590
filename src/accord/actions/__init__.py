"""The one door for writes: permission, transaction, gates, idempotency and audit."""
