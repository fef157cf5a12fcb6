"""From the weekly run's rows to the service's state, and back to see that both agree."""
