"""What leaves in a form for others: tables as JSON or CSV, and the record to read, as PDF."""
