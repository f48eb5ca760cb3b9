"""HTTP: parsing, request and response models beside their routes, permissions in the signatures."""
