"""Ready mappings, shipped: one TOML file each. ``pantau mapping list`` names them."""
