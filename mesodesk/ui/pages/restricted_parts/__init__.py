"""Parts of pages that concern records which only some may see."""
