"""The pure core: no clock, no network, no disk, no logging. Time comes in with the data."""
