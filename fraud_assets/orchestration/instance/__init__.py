"""What a Dagster instance of several processes is made of; its `dagster.yaml` names the classes."""
