"""What columns are called and what values say, in English, German, Spanish and French exports."""
