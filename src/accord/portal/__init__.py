"""What a client's contacts see and do: pages without signing in, each behind a link of its own."""
