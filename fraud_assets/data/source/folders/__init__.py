"""What lies in a folder of payments: what is read, passed over or refused, and why."""
