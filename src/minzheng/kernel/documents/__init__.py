"""Letters and official documents: one place for layout and fonts, PDF and DOCX."""
