"""Texts without names, addresses and numbers: a mitigation, and no anonymity."""

from cxresearch.privacy.pseudonyms import NOTICE, find_names, pseudonymise, pseudonymise_corpus

__all__ = ["NOTICE", "find_names", "pseudonymise", "pseudonymise_corpus"]
