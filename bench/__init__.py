"""The bench: a prefecture's 20 years, or a nation's year, and how fast the platform is over them."""
