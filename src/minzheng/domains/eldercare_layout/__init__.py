"""Where to build next (养老服务设施布局规划): need by street and year, shortage, reach, and sites chosen by proof.

Need is in `needs`, reach in `reach`, the solver in `siting`, saved plans in `actions`. Points of committees are illustrative
until a bureau's survey replaces them.
"""
