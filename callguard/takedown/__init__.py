"""Taking numbers down: registries of registrations, expansion, plans and the journal of orders."""
