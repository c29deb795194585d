"""What stands before the desk: first start, password, and what to do when the vault is not well."""
