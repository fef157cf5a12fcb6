"""The fraud-model factory.

    raw_transactions -> cleaned_features -> candidate_models -> tuned_pipeline
        -> evaluation_report -> published_artifact

Read it in the order in which the data flows: `contract` says what a team's transactions are,
`data` reads and cleans them, `modelling` compares, tunes and judges, `scoring` turns the winner
into a fast scorer with reasons, `report` draws the evidence, `release` decides, signs and
publishes. `orchestration` is all that knows Dagster, `service` all that knows FastAPI.
"""

__version__ = "0.1.0"
