"""A made city to look at and to rehearse with: everything goes through the services, every name is invented."""

from qzcompete.demo.commands import competition_group, demo

__all__ = ["competition_group", "demo"]
