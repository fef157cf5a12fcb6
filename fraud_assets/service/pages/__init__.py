"""What people look at: the analyst's page, the API's documentation, the model card."""
