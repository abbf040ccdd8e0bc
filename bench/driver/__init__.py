"""The benchmark's driver: builds and starts the contenders, compares their answers, loads and
measures them, and writes the report. Standard library only."""
