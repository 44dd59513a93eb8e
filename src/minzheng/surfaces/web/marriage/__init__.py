"""Marriage registration on screen: booking, the registrar's desk, the register (婚姻登记)."""
