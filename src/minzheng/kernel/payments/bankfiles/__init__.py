"""Files for the bank (银行代发文件): ISO 20022 pain.001 and a plain list, written as a stream and stored by their SHA-256."""

from minzheng.kernel.payments.bankfiles.exporting import export_batch, file_path, open_file
from minzheng.kernel.payments.bankfiles.payer import Payer, payer

__all__ = ["Payer", "export_batch", "file_path", "open_file", "payer"]
