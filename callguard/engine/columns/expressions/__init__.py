"""Many regular expressions looked for in one text, at a cost that is known when they are loaded.

RE2 is linear in the text, but one set of many expressions may need a new automaton state at every
byte, and then costs what all their positions cost (Cox, "Regular Expression Matching in the Wild",
2010). So the texts that an expression needs are looked for first (:mod:`.required`), an expression
of texts with gaps is answered from where they are (:mod:`.chains`), small automata are put
together only while they stay small (:mod:`.automaton`, :mod:`.plan`), and the rest is asked one by
one. :mod:`.costs` counts what is left at worst.
"""

from callguard.engine.columns.expressions.plan import costs_of, deepest, plan
from callguard.engine.columns.expressions.search import Search

__all__ = ["Search", "costs_of", "deepest", "plan"]
