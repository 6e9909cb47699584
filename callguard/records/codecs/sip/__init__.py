"""SIP (RFC 3261): requests that set up a call, read into the keys of a signalling record."""
