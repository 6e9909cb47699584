"""The command line: thin commands over the public API, one file a group.

Results go to standard output, everything else to standard error. Exit status: 0 done, 1 findings or
refused input, 2 usage, 130 interrupted, 141 the reader of the results went away.
"""
