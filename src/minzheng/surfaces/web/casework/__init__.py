"""The workbench's casework: my queue, a case on one page, the counter (工作台办件)."""
