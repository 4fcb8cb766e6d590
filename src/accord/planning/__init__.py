"""Plans made from estimates, the bookings of people, and the promise check: the only caller of the engine's simulation."""
