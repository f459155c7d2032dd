"""Signatures of documents and of QR codes: keys in a folder, signing, and verifying with public keys alone."""
