"""From the document text to normalised text, and what can be read off it without knowing the document."""
