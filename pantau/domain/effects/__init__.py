"""What an intervention changed: unit-week panels, estimators, inference, verdicts. Pure: chance has a fixed seed."""
