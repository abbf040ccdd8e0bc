//! The MongoDB store: executes guarded statements as aggregation pipelines and commands.
