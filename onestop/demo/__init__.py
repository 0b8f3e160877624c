"""The demonstration: Thanh Trì district in 2021, built through the same rules as the screens."""
