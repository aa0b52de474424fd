"""Replication packets: folders that a data archive takes, that can be checked, and that run again to the same bytes."""

from cxresearch.packet.checking import compare, verify
from cxresearch.packet.writing import write_packet

__all__ = ["compare", "verify", "write_packet"]
