"""Running the product: serve, work, upgrade, move, back up, check. Belongs to no slice."""
