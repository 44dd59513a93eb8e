"""Legal values: a value, its date and its paper are one record.

One YAML file an idea, in the `parameters/` folder of the programme that owns it. History stays, so any past
month can be computed again. Numbers of policy live in these files and nowhere in code.
"""

from minzheng.kernel.parameters.files import Entry, Parameter, ParameterError, load_folder, load_parameter
from minzheng.kernel.parameters.report import LawStatusRow, law_status, names_a_paper
from minzheng.kernel.parameters.values import BandValue, IntValue, ListValue, MonthParameters, ParameterSet

__all__ = [
    "BandValue",
    "Entry",
    "IntValue",
    "LawStatusRow",
    "ListValue",
    "MonthParameters",
    "Parameter",
    "ParameterError",
    "ParameterSet",
    "law_status",
    "load_folder",
    "load_parameter",
    "names_a_paper",
]
