"""Two documents side by side: what they are to each other, which words differ, and which facts."""
