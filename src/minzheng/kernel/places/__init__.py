"""Places: the division tree with its history. Models in `models`, readings in `queries`, codes in `resolution`."""
