"""What happened to a patient as one painted list: words, rows, and the card around them."""
