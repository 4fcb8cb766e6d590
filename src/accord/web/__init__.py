"""What all pages share: layout, components, the desk, and pages that show several rooms at once."""
