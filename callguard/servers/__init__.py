"""Links to Redis and Valkey servers: addresses, connections, answers, breakers."""
