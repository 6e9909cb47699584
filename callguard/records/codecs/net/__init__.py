"""From captured frames to the payloads of UDP datagrams and TCP streams."""
