"""Runs Schemathesis against an app in the examples folder, as several actors."""
