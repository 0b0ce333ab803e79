"""Effects of trainings: estimators, chance, verdicts, and what is said of them."""
