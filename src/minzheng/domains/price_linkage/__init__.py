"""Price subsidy (价格临时补贴): when prices rise past a line, everybody on basic support receives a sum for the month.

The mechanism links the standards of social assistance to prices (社会救助和保障标准与物价上涨挂钩联动机制). No month's facts
of a person decide it but an index, so it is granted by event (`kernel.eventgrants`).
"""
