"""A synthetic city, calibrated to public statistics. Nobody in it exists, and no identifier in it can.

It writes the files that offices would send, in their forms and with some of their faults; everything after that is the
platform's own work on them.
"""
