"""One folder per programme or register; each tells its whole story."""
