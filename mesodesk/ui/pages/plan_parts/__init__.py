"""Parts that show plans and protocols."""
