"""The annual summary on screen: every number a link to its derivation, beside another year or district, as PDF, Word and Excel."""
