"""A contract's good rows in event order, in memory that does not grow with the source.

Rows are typed part by part and put on disk by payment, so that all deliveries of one lie together;
what counts of them goes on disk by time, and comes from there in order. They are the rows of
`fraud_assets.data.transactions`, to the bit. Where only the whole column can tell what its values
mean, such as which field of a date is the day, the source is read whole instead.
"""
