"""What is decided before the firm binds itself, and what binds it: reviews, contracts, amendments, hand-overs."""
