"""Clients and their people, and the lasting bond of the firm with them."""
