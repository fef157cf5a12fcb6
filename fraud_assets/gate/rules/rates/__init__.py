"""Rules on rates: enough frauds caught, few enough alerts."""
