"""The people of the simulated city (模拟城市的人口): drawn as frames to public statistics, held against them, taken in as sets.

`statistics` fits the table of people, `places` and `families` put them together, `living`, `papers` and `rosters` say what
they live on; `drawing.draw` does all of it. `fit` tells how near it came; `sets` takes it into the registers.
"""
