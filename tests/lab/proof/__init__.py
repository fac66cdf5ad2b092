"""What the lab's tests are made of: the rack, kubestep on it, and what must be true of the cluster."""
