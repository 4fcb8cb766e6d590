"""Work breakdowns with three-point estimates, made by delivery people independently of each other and of the seller."""
