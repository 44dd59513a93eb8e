"""Marriage registration (婚姻登记): a register whose entries bind people."""
