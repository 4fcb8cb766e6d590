"""A sample firm, and one-click sign-in as each of its people where it runs."""
