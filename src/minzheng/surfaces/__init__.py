"""Ways in and out: web, command line. They gather the domains and decide nothing."""
