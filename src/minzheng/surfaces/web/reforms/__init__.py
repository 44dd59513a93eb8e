"""What-ifs of the law on screen: choose, compute, read, open an example, share, promote (政策试算)."""
