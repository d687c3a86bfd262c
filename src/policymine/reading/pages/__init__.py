"""Pages of characters and rules by their places → document text, tables and paragraphs, whatever the format."""
