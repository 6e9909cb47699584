"""Servers that are asked: all of this folder that needs the package redis."""

from callguard.servers.cluster import Answer, Cluster
from callguard.servers.errors import ELSEWHERE
from callguard.servers.node import Command, Node
from callguard.servers.slots import slot_of

__all__ = ["ELSEWHERE", "Answer", "Cluster", "Command", "Node", "slot_of"]
